//! Windows of planned work, by where they stand.

use contract::id::{MaintenanceId, Slug};
use contract::maintenance::{Occurrence, Overview, When};
use contract::monitor::State;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::maintenance::{Phase, about, rhythm};
use crate::view::state::capitalised;

/// Cancels a window as posted by a form.
#[server(prefix = "/fn", endpoint = "cancel-maintenance-form")]
pub async fn cancel_by_form(tenant: Slug, id: MaintenanceId) -> Result<(), Error> {
    crate::api::delete_maintenance(tenant, id).await
}

#[component]
pub fn List(
    tenant: Tenant,
    windows: Signal<Vec<Overview>>,
    cancel: ServerAction<CancelByForm>,
) -> impl IntoView {
    move || {
        let windows = windows.get();
        if windows.is_empty() {
            return Either::Left(view! { <NothingYet tenant /> });
        }
        let groups = Phase::ALL.map(|(phase, title, none)| {
            let ours = windows.iter().filter(|window| Phase::of(window) == phase);
            let items: Vec<_> = ours
                .map(|window| item(tenant, window.clone(), phase, cancel))
                .collect();
            let none = items
                .is_empty()
                .then(|| view! { <p class="quiet-text">{none}</p> });
            view! {
                <section>
                    <h2>{title}</h2>
                    {none}
                    <ul class="windows">{items}</ul>
                </section>
            }
        });
        Either::Right(groups.into_iter().collect_view())
    }
}

fn item(
    tenant: Tenant,
    window: Overview,
    phase: Phase,
    cancel: ServerAction<CancelByForm>,
) -> impl IntoView {
    let Overview {
        maintenance, next, ..
    } = window;
    let spec = maintenance.spec;
    let monitors = about(&spec.monitors, |id| tenant.name_of(id));
    let (state, word) = match phase {
        Phase::Active => (State::Maintenance, "Going on"),
        Phase::Upcoming => (State::Paused, "Planned"),
        Phase::Past => (State::Paused, "Over"),
    };
    let once = match &spec.when {
        When::Once { from, to } => Some(Occurrence {
            from: *from,
            to: *to,
        }),
        _ => None,
    };
    let when = next.or(once).map(|it| {
        view! { <p><Time at=it.from /> " to " <Time at=it.to /></p> }
    });
    let (id, name) = (maintenance.id.to_string(), spec.name.clone());
    view! {
        <li class="card stack tight">
            <div class="row apart">
                <h3>{spec.name}</h3>
                <div class="row">
                    <StateBadge state word />
                    {move || {
                        let may = tenant.may(Role::Editor);
                        may.then(|| view! {
                            {edit(tenant, &id, &name)}
                            {button(tenant, id.clone(), &name, phase, cancel)}
                        })
                    }}
                </div>
            </div>
            {when}
            {rhythm(&spec.when).map(|words| view! { <p>{capitalised(&words)}</p> })}
            {(!spec.description.is_empty()).then(|| view! { <p class="wrap">{spec.description}</p> })}
            <p class="quiet-text small wrap">{format!("About {monitors}")}</p>
        </li>
    }
}

fn edit(tenant: Tenant, id: &str, name: &str) -> impl IntoView + use<> {
    let href = tenant.path(&format!("/maintenance/{id}/edit"));
    view! { <a class="button small" href=href aria-label=format!("Edit {name}")>"Edit"</a> }
}

fn button(
    tenant: Tenant,
    id: String,
    name: &str,
    phase: Phase,
    cancel: ServerAction<CancelByForm>,
) -> impl IntoView + use<> {
    let (word, label) = match phase {
        Phase::Active => ("End now", format!("End now: {name}")),
        Phase::Upcoming => ("Cancel", format!("Cancel {name}")),
        Phase::Past => ("Remove", format!("Remove {name} from the list")),
    };
    view! {
        <ActionForm action=cancel>
            <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
            <input type="hidden" name="id" value=id />
            <button type="submit" class="small" aria-label=label>{word}</button>
        </ActionForm>
    }
}

#[component]
fn NothingYet(tenant: Tenant) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"Nothing is planned"</h2>
            <p>
                "Plan work before you begin it: while it goes on, its monitors are in maintenance, nobody is woken, and the time does not
                count against their uptime. Visitors of the status page read of it beforehand."
            </p>
            <p><a class="button primary" href=tenant.path("/maintenance/new")>"Plan work"</a></p>
        </div>
    }
}
