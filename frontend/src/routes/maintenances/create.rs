//! Describing planned work: new, or as it is.

use contract::id::{MaintenanceId, Slug};
use contract::maintenance::Occurrence;
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

/// Plans work as posted by a form, or changes what is named, and goes to the list.
#[server(prefix = "/fn", endpoint = "save-maintenance-form")]
pub async fn save_by_form(
    tenant: Slug,
    id: Option<MaintenanceId>,
    form: MaintenanceForm,
) -> Result<(), Error> {
    let instant = |local, zone: &str| contract::maintenance::calendar::instant(local, zone).ok();
    let spec = crate::server::visit::read(form.read(instant))?;
    match id {
        Some(id) => crate::api::update_maintenance(tenant.clone(), id, spec).await?,
        None => crate::api::create_maintenance(tenant.clone(), spec).await?,
    };
    leptos_axum::redirect(&format!("/d/{tenant}/maintenance"));
    Ok(())
}

#[component]
pub fn CreateMaintenance() -> impl IntoView {
    let tenant = Tenant::of_page();
    let form = refused::<SaveByForm>().map(|posted| posted.form);
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
                        Ok(()) => Either::Left(view! { <Save tenant proposes=form.is_none() form=form.unwrap_or_default() /> }),
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

/// The form of planned work, with its button.
#[component]
pub fn Save(
    tenant: Tenant,
    #[prop(optional_no_strip)] id: Option<MaintenanceId>,
    form: MaintenanceForm,
    proposes: bool,
    #[prop(optional_no_strip)] once: Option<Occurrence>,
) -> impl IntoView {
    let action = ServerAction::<SaveByForm>::new();
    let error = error_of(action);
    let monitors = choices(tenant, &form.monitors);
    let word = if id.is_some() {
        "Save the change"
    } else {
        "Plan the work"
    };
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
                <Fields form monitors proposes once error />
                <button type="submit" class="primary" disabled=move || action.pending().get()>{word}</button>
            </div>
        </ActionForm>
    }
}

/// The monitors there are, and those that are chosen already, whether or not they still are: with none of them left, it would be
/// about all.
fn choices(tenant: Tenant, chosen: &[String]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = tenant.monitors.with_untracked(|monitors| {
        let names = monitors
            .iter()
            .map(|one| (one.monitor.id.to_string(), one.monitor.spec.name.clone()));
        names.collect()
    });
    for gone in chosen {
        if !all.iter().any(|(id, _)| id == gone) {
            all.push((gone.clone(), "A monitor that was deleted".to_owned()));
        }
    }
    all
}
