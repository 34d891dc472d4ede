//! The switches of a test-bed: what can be broken on purpose, and what is. For admins of the tenant `overseer`.

use contract::fault::{Fault, Kind, Parameter};
use contract::monitor::State;
use contract::rpc::Role;
use leptos::either::{Either, EitherOf3};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::faults::{ClearFault, SetFault};
use crate::api::{self, Error};
use crate::components::problem::{Problem, Refusal, error_of};
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::state::capitalised;

/// For how long a fault may be on, in minutes.
const LENGTHS: [(i64, &str); 4] = [
    (1, "1 minute"),
    (5, "5 minutes"),
    (15, "15 minutes"),
    (60, "1 hour"),
];
const USUAL: i64 = 5;

#[derive(Clone, Copy)]
struct Actions {
    set: ServerAction<SetFault>,
    clear: ServerAction<ClearFault>,
}

#[component]
pub fn Faults() -> impl IntoView {
    let tenant = Tenant::of_page();
    let on = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::faults(tenant.id()?).await },
    );
    view! {
        <Title text="Faults" />
        <header class="row apart">
            <h1>"Faults"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=10 /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match on.await.and_then(|on| known.map(|()| on)) {
                    Ok(on) => EitherOf3::A(view! { <Switches tenant on /> }),
                    Err(error) if error.is_not_found() => EitherOf3::B(view! {
                        <p class="quiet-text">"Nothing can be broken on purpose here: this is no test-bed, or not the tenant overseer."</p>
                    }),
                    Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Switches(tenant: Tenant, on: Vec<Fault>) -> impl IntoView {
    tenant.learn_faults(on);
    let actions = Actions {
        set: ServerAction::new(),
        clear: ServerAction::new(),
    };
    Effect::new(move |_| learn(tenant, actions.set.value().get()));
    Effect::new(move |_| learn(tenant, actions.clear.value().get()));
    let errors = [error_of(actions.set), error_of(actions.clear)];
    let problem = move || {
        let error = errors.iter().find_map(|error| error.get())?;
        let reasons = error.fields().iter().map(|error| error.reason.clone());
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        let text = if reasons.is_empty() {
            error.to_string()
        } else {
            reasons
        };
        Some(view! { <Problem text /> })
    };
    let rows = move || Kind::ALL.map(|kind| row(tenant, kind, actions));
    view! {
        <Show
            when=move || tenant.may(Role::Admin)
            fallback=|| view! { <p class="quiet-text">"Admins of this tenant switch faults."</p> }
        >
            <p class="note">
                "Each ends by itself. The same as " <code>"cargo preview fault"</code>
                "; what to learn from each is told in the guide to the test-bed."
            </p>
            {problem}
            <div class="table" tabindex="0" role="group" aria-label="Faults">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Fault"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Switch"</th>
                        </tr>
                    </thead>
                    <tbody>{rows().into_iter().collect_view()}</tbody>
                </table>
            </div>
        </Show>
    }
}

fn row(tenant: Tenant, kind: Kind, actions: Actions) -> impl IntoView {
    let now_on = Memo::new(move |_| {
        let all = tenant.faults.get().unwrap_or_default();
        all.into_iter().find(|fault| fault.kind == kind)
    });
    view! {
        <tr>
            <th scope="row">
                <code>{kind.as_str()}</code>
                <p class="quiet-text small wrap">{capitalised(kind.about())} "."</p>
            </th>
            <td>
                {move || match now_on.get() {
                    Some(fault) => Either::Left(state(&fault)),
                    None => Either::Right("Off"),
                }}
            </td>
            <td>
                <div class="row">
                    {switch(tenant, kind, actions.set)}
                    {move || now_on.get().map(|_| clearing(tenant, kind, actions.clear))}
                </div>
            </td>
        </tr>
    }
}

fn state(fault: &Fault) -> impl IntoView + use<> {
    let words = fault.settings.words(fault.kind);
    view! {
        <StateBadge state=State::Degraded word="On" />
        <p class="quiet-text small">"until " <Time at=fault.until /></p>
        <p class="small"><code>{words}</code></p>
    }
}

fn switch(tenant: Tenant, kind: Kind, set: ServerAction<SetFault>) -> impl IntoView {
    let parameters = kind.parameters().iter();
    let example = parameters.map(Parameter::to_string).collect::<Vec<_>>();
    let example = example.join(" ");
    let lengths = LENGTHS.map(|(minutes, words)| {
        view! { <option value=minutes selected=minutes == USUAL>{words}</option> }
    });
    view! {
        <ActionForm action=set attr:class="row switch-fault">
            <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
            <input type="hidden" name="kind" value=kind.as_str() />
            <input
                name="settings"
                aria-label=format!("How {kind} strikes")
                placeholder=example
                autocomplete="off"
                spellcheck="false"
            />
            <select name="lasts_min" aria-label=format!("For how long {kind} is on")>
                {lengths.into_iter().collect_view()}
            </select>
            <button type="submit" class="small" aria-label=format!("Switch on {kind}")>"Switch on"</button>
        </ActionForm>
    }
}

fn clearing(tenant: Tenant, kind: Kind, clear: ServerAction<ClearFault>) -> impl IntoView {
    view! {
        <ActionForm action=clear>
            <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
            <input type="hidden" name="kind" value=kind.as_str() />
            <button type="submit" class="danger small" aria-label=format!("Clear {kind}")>"Clear"</button>
        </ActionForm>
    }
}

fn learn(tenant: Tenant, answer: Option<Result<Vec<Fault>, Error>>) {
    if let Some(Ok(on)) = answer {
        tenant.learn_faults(on);
    }
}
