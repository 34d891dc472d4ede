//! Telling an incident that no monitor found.

use contract::id::Slug;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::Error;
use crate::components::area::Area;
use crate::components::choose::{Choose, options};
use crate::components::input::Input;
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::skeleton::Skeleton;
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::incident_form::IncidentForm;

/// Tells an incident as posted by a form, and goes to its page.
#[server(prefix = "/fn", endpoint = "create-incident-form")]
pub async fn create_by_form(tenant: Slug, form: IncidentForm) -> Result<(), Error> {
    let spec = crate::server::visit::read(form.read())?;
    let incident = crate::api::create_incident(tenant.clone(), spec).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/incidents/{}", incident.id));
    Ok(())
}

#[component]
pub fn CreateIncident() -> impl IntoView {
    let tenant = Tenant::of_page();
    let form = refused::<CreateByForm>().map(|posted| posted.form);
    view! {
        <Title text="Tell an incident" />
        <header>
            <p class="small"><a href=move || tenant.path("/incidents")>"Incidents"</a></p>
            <h1>"Tell an incident"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
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
fn Create(tenant: Tenant, form: Option<IncidentForm>) -> impl IntoView {
    let action = ServerAction::<CreateByForm>::new();
    let error = error_of(action);
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            tenant.read_again();
        }
    });
    let form = form.unwrap_or_default();
    let mut monitors = vec![(String::new(), "None in particular".to_owned())];
    tenant.monitors.with_untracked(|known| {
        let names = known
            .iter()
            .map(|one| (one.monitor.id.to_string(), one.monitor.spec.name.clone()));
        monitors.extend(names);
    });
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <Input id="title" label="Title" help="What people notice, such as: Payments are slow." value=form.title error required=true />
                <Area
                    id="body"
                    label="What is known"
                    help="The first update. Say what is affected, and what you do about it."
                    value=form.body
                    error
                    rows=5
                    required=true
                />
                <Choose
                    id="status"
                    label="Status"
                    options=options([
                        ("investigating", "Investigating"),
                        ("identified", "Identified"),
                        ("monitoring", "Monitoring"),
                        ("resolved", "Resolved"),
                    ])
                    chosen=form.status
                    error
                />
                <Choose
                    id="monitor"
                    label="About"
                    help="Its status page shows the incident with a monitor that is public, or with none in particular."
                    options=monitors
                    chosen=form.monitor
                    error
                />
                <button type="submit" class="primary" disabled=move || action.pending().get()>"Tell the incident"</button>
            </div>
        </ActionForm>
    }
}
