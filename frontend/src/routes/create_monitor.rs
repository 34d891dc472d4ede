//! Describing a monitor: a new one, or one that there is.

pub mod conditions;
pub mod fields;
pub mod kind;
pub mod more;

use contract::id::{MonitorId, Region, Slug};
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::skeleton::Skeleton;
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::monitor_form::MonitorForm;
use fields::Fields;

/// Creates a monitor as posted by a form, or changes the one that is named and has this revision, and goes to its page.
#[server(prefix = "/fn", endpoint = "save-monitor-form")]
pub async fn save_by_form(
    tenant: Slug,
    id: Option<MonitorId>,
    revision: Option<i64>,
    form: MonitorForm,
) -> Result<(), Error> {
    let known = match id {
        Some(id) => Some(api::monitor(tenant.clone(), id).await?.overview.monitor),
        None => None,
    };
    let spec = crate::server::visit::read(form.read(known.as_ref().map(|known| &known.spec)))?;
    let monitor = match id {
        Some(id) => api::update_monitor(tenant.clone(), id, spec, revision).await?,
        None => api::create_monitor(tenant.clone(), spec).await?,
    };
    leptos_axum::redirect(&format!("/d/{tenant}/monitors/{}", monitor.id));
    Ok(())
}

#[component]
pub fn CreateMonitor() -> impl IntoView {
    let tenant = Tenant::of_page();
    let typed = refused::<SaveByForm>().map(|posted| posted.form);
    let regions = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::regions(tenant.id()?).await },
    );
    view! {
        <Title text="Create a monitor" />
        <header>
            <p class="small"><a href=move || tenant.path("/monitors")>"Monitors"</a></p>
            <h1>"Create a monitor"</h1>
        </header>
        {typed.is_some().then(|| view! {
            <p class="note">"Headers, bodies, what is said and passwords in addresses were not kept, since they may be secret: fill them in again."</p>
        })}
        <Transition fallback=|| view! { <Skeleton rows=12 /> }>
            {move || {
                let typed = typed.clone();
                Suspend::new(async move {
                    let known = tenant.ready_for(Role::Editor).await;
                    match regions.await.and_then(|regions| known.map(|()| regions)) {
                        Ok(regions) => {
                            let form = typed.unwrap_or_else(|| MonitorForm::fresh(&regions));
                            Either::Left(view! { <Save tenant form regions /> })
                        }
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

/// The form of a monitor, with its button.
#[component]
pub fn Save(
    tenant: Tenant,
    /// The monitor to change, at the revision that the form shows.
    #[prop(optional_no_strip)]
    known: Option<(MonitorId, i64)>,
    form: MonitorForm,
    /// Where probers report for work.
    regions: Vec<Region>,
) -> impl IntoView {
    let action = ServerAction::<SaveByForm>::new();
    let error = error_of(action);
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            tenant.read_again();
        }
    });
    let (word, working) = if known.is_some() {
        ("Save the monitor", "Saving…")
    } else {
        ("Create the monitor", "Creating…")
    };
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                {known.map(|(id, revision)| view! {
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="revision" value=revision.to_string() />
                })}
                <Fields form regions error />
                <button type="submit" class="primary" disabled=move || action.pending().get()>
                    {move || if action.pending().get() { working } else { word }}
                </button>
            </div>
        </ActionForm>
    }
}
