//! Creating a token. Its secret is shown once, on this page only, so this needs a script.

use contract::token::{Created, Scope};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api;
use crate::components::command::Command;
use crate::components::entered;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::FormProblem;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::command::push;

const SCOPES: [(Scope, &str, bool); 5] = [
    (Scope::MetricsWrite, "Push metrics", true),
    (
        Scope::MetricsBackfill,
        "Push metrics older than 24 hours",
        false,
    ),
    (Scope::TelemetryWrite, "Push traces and logs", false),
    (Scope::Read, "Read over the REST API", false),
    (
        Scope::Manage,
        "Read and change over the REST API, as an editor",
        false,
    ),
];

#[component]
pub fn CreateToken(tenant: Tenant, created: RwSignal<u32>) -> impl IntoView {
    let name = NodeRef::new();
    let boxes = SCOPES.map(|_| NodeRef::new());
    let create = Action::new(move |(): &()| {
        let name = entered::text(name);
        let chosen = SCOPES
            .iter()
            .zip(boxes)
            .filter(|(_, tick)| entered::is_ticked(*tick));
        let chosen = chosen.map(|((scope, ..), _)| *scope).collect();
        async move {
            let answer = api::create_token(tenant.id()?, name, chosen).await;
            created.update(|times| *times += u32::from(answer.is_ok()));
            answer
        }
    });
    let error = Signal::derive(move || {
        create
            .value()
            .with(|value| value.as_ref()?.as_ref().err().cloned())
    });
    let fresh = move || {
        create
            .value()
            .with(|value| value.as_ref()?.as_ref().ok().cloned())
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        create.dispatch(());
    };
    let choices = SCOPES
        .into_iter()
        .zip(boxes)
        .map(|((_, words, ticked), tick)| {
            view! {
                <label class="choice">
                    <input node_ref=tick type="checkbox" checked=ticked />
                    {words}
                </label>
            }
        });
    view! {
        <section aria-labelledby="create">
            <h2 id="create">"Create a token"</h2>
            <noscript>
                <p class="note">"Creating a token needs JavaScript, because its secret is shown once and nowhere else."</p>
            </noscript>
            <div aria-live="polite">{move || fresh().map(|created| secret(tenant, &created))}</div>
            <form class="form" on:submit=submit>
                <FormProblem error />
                <Field id="name" label="Name" help="What will use it, such as the host or the service." error>
                    <input
                        node_ref=name
                        id="name"
                        required
                        maxlength="80"
                        aria-describedby="name-help"
                        aria-invalid=is_wrong(error, "name")
                    />
                </Field>
                <fieldset>
                    <legend>"It may"</legend>
                    {choices.collect_view()}
                </fieldset>
                <button type="submit" class="primary" disabled=move || create.pending().get()>"Create the token"</button>
            </form>
        </section>
    }
}

fn secret(tenant: Tenant, created: &Created) -> impl IntoView + use<> {
    let token = created.secret.clone();
    let command = push(&tenant.ingress_url.get_untracked(), &token);
    view! {
        <div class="card stack fresh-secret">
            <p>
                <b>{format!("The token {} is ready.", created.token.name)}</b>
                " Copy it now: it is not shown again."
            </p>
            <Command text=token label="The token" />
            <p>"Push a metric with it:"</p>
            <Command text=command />
        </div>
    }
}
