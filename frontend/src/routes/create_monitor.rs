//! Describing a new monitor.

pub mod fields;

use contract::id::Slug;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::routes::dashboard::tenant::Tenant;
use crate::view::form::MonitorForm;
use fields::Fields;

/// Creates a monitor as posted by a form, and goes to its page.
#[server(prefix = "/fn", endpoint = "create-monitor-form")]
pub async fn create_by_form(tenant: Slug, form: MonitorForm) -> Result<(), Error> {
    let spec = form
        .read()
        .map_err(|errors| Error::Refused(contract::rpc::Error::Invalid { errors }))?;
    let monitor = api::create_monitor(tenant.clone(), spec).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/monitors/{}", monitor.id));
    Ok(())
}

#[component]
pub fn CreateMonitor() -> impl IntoView {
    let tenant = Tenant::of_page();
    let regions = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::regions(tenant.id()?).await },
    );
    let action = ServerAction::<CreateByForm>::new();
    let error = error_of(action);
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            tenant.read_again();
        }
    });
    view! {
        <Title text="Create a monitor" />
        <header>
            <p class="small"><a href=move || tenant.path("/monitors")>"Monitors"</a></p>
            <h1>"Create a monitor"</h1>
        </header>
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <Suspense fallback=|| view! { <p class="quiet-text">"Reading the regions…"</p> }>
                    {move || Suspend::new(async move {
                        match regions.await {
                            Ok(regions) => Either::Left(view! { <Fields regions error /> }),
                            Err(error) => Either::Right(view! { <Refusal error /> }),
                        }
                    })}
                </Suspense>
                <button type="submit" class="primary" disabled=move || action.pending().get()>
                    {move || if action.pending().get() { "Creating…" } else { "Create the monitor" }}
                </button>
            </div>
        </ActionForm>
    }
}
