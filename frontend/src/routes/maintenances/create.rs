//! Planning work.

use contract::id::Slug;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use super::fields::Fields;
use crate::api::Error;
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::skeleton::Skeleton;
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::maintenance_form::MaintenanceForm;

/// Plans work as posted by a form, and goes to the list.
#[server(prefix = "/fn", endpoint = "create-maintenance-form")]
pub async fn create_by_form(tenant: Slug, form: MaintenanceForm) -> Result<(), Error> {
    let instant = |local, zone: &str| contract::maintenance::calendar::instant(local, zone).ok();
    let spec = crate::server::visit::read(form.read(instant))?;
    crate::api::create_maintenance(tenant.clone(), spec).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/maintenance"));
    Ok(())
}

#[component]
pub fn CreateMaintenance() -> impl IntoView {
    let tenant = Tenant::of_page();
    let form = refused::<CreateByForm>().map(|posted| posted.form);
    view! {
        <Title text="Plan work" />
        <header>
            <p class="small"><a href=move || tenant.path("/maintenance")>"Maintenance"</a></p>
            <h1>"Plan work"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=12 /> }>
            {move || {
                let form = form.clone();
                Suspend::new(async move {
                    match tenant.ready_for(Role::Editor).await {
                        Ok(()) => Either::Left(view! { <Create tenant form /> }),
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Create(tenant: Tenant, form: Option<MaintenanceForm>) -> impl IntoView {
    let action = ServerAction::<CreateByForm>::new();
    let error = error_of(action);
    let monitors = tenant.monitors.with_untracked(|monitors| {
        let names = monitors
            .iter()
            .map(|one| (one.monitor.id.to_string(), one.monitor.spec.name.clone()));
        names.collect()
    });
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <Fields form=form.unwrap_or_default() monitors error />
                <button type="submit" class="primary" disabled=move || action.pending().get()>"Plan the work"</button>
            </div>
        </ActionForm>
    }
}
