//! One incident with its whole story, and what can be said next.

use contract::id::{IncidentId, Slug};
use contract::incident::Incident;
use contract::live::Update;
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::update::AddUpdate;
use crate::api::{self, Error};
use crate::components::incident::Story;
use crate::components::problem::{Refusal, error_of};
use crate::components::removal::Removal;
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::duration;
use crate::view::state::{incident_state, incident_word};

/// Deletes an incident as posted by a form, and goes to the list.
#[server(prefix = "/fn", endpoint = "delete-incident-form")]
pub async fn delete_by_form(tenant: Slug, id: IncidentId) -> Result<(), Error> {
    api::delete_incident(tenant.clone(), id).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/incidents"));
    Ok(())
}

#[component]
pub fn OneIncident() -> impl IntoView {
    let tenant = Tenant::of_page();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let incident = Resource::new(move || (tenant.slug.get(), id.get()), read);
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match incident.await.and_then(|incident| known.map(|()| incident)) {
                    Ok(incident) => Either::Left(view! { <Shown tenant incident /> }),
                    Err(error) => Either::Right(view! {
                        <Title text="Incident" />
                        <h1>"Incident"</h1>
                        <Refusal error />
                    }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(tenant: Tenant, incident: Incident) -> impl IntoView {
    let (id, title) = (incident.id, incident.title.clone());
    let demo = incident.demo;
    let incident = RwSignal::new(incident);
    let again = move || {
        let slug = tenant.slug.get_untracked();
        spawn_local(async move {
            // What is shown stays; the next update tries again.
            if let Ok(fresh) = read((slug, id.to_string())).await {
                incident.try_set(fresh);
            }
        });
    };
    tenant.live.keep_fresh(
        move |update| matches!(update, Update::Incident { incident, .. } if *incident == id),
        again,
    );
    let updates = move || incident.with(|incident| incident.updates.clone());
    view! {
        <Title text=title.clone() />
        <header>
            <p class="small"><a href=tenant.path("/incidents")>"Incidents"</a></p>
            <h1>{title}</h1>
        </header>
        <Standing tenant incident />
        <div class="columns">
            <section aria-labelledby="story">
                <h2 id="story">"What happened"</h2>
                <div class="card incident">{move || view! { <Story updates=updates() /> }}</div>
                {demo.then(|| view! { <p class="note">"This incident was generated for demonstration."</p> })}
            </section>
            <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
                <AddUpdate tenant incident />
            </Show>
        </div>
        <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
            <Delete tenant id />
        </Show>
    }
}

/// Where it stands, since when, and what it is about.
#[component]
fn Standing(tenant: Tenant, incident: RwSignal<Incident>) -> impl IntoView {
    let status = move || incident.with(|incident| incident.status);
    let started = Signal::derive(move || incident.with(|incident| incident.started_at));
    let lasted = move || {
        let (from, to) = incident.with(|one| (one.started_at, one.resolved_at));
        to.map(|to| format!(", lasted {}", duration((to - from).num_seconds())))
    };
    let about = move || {
        let monitor = incident.with(|incident| incident.monitor)?;
        let href = tenant.path(&format!("/monitors/{monitor}"));
        Some(view! { <p>"About " <a href=href>{tenant.name_of(monitor)}</a></p> })
    };
    view! {
        <div class=move || format!("card standing {}", incident_state(status()).as_str())>
            <p class="row">
                {move || view! { <StateBadge state=incident_state(status()) word=incident_word(status()) /> }}
                <span>"began " <Time at=started /> {lasted}</span>
                <Ago at=started />
            </p>
            {about}
        </div>
    }
}

#[component]
fn Delete(tenant: Tenant, id: IncidentId) -> impl IntoView {
    let action = ServerAction::<DeleteByForm>::new();
    let error = error_of(action);
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            tenant.read_again();
        }
    });
    view! {
        <Removal what="Delete this incident" lost="Its story is lost for good, and it disappears from the status page. Uptime stays as it is." error>
            <ActionForm action>
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" class="danger">"Delete the incident"</button>
            </ActionForm>
        </Removal>
    }
}

async fn read((slug, id): (String, String)) -> Result<Incident, Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("incident"));
    api::incident(slug.parse().map_err(unknown)?, id.parse().map_err(unknown)?).await
}
