//! Adding a webhook. Its signing secret is shown once, on this page only, so this needs a script.

use contract::channel::{Created, Kind, Spec};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api;
use crate::components::command::Command;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::FormProblem;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn CreateChannel(tenant: Tenant, created: RwSignal<u32>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let url = RwSignal::new(String::new());
    let create = Action::new(move |(): &()| {
        let spec = Spec {
            name: name.get_untracked(),
            kind: Kind::Webhook,
            url: url.get_untracked(),
        };
        async move {
            let answer = api::create_channel(tenant.id()?, spec).await;
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
    view! {
        <section aria-labelledby="create">
            <h2 id="create">"Add a webhook"</h2>
            <noscript>
                <p class="note">"Adding a channel needs JavaScript, because its signing secret is shown once and nowhere else."</p>
            </noscript>
            <div aria-live="polite">{move || fresh().map(|created| secret(&created))}</div>
            <form class="form" on:submit=submit>
                <FormProblem error />
                <Field id="name" label="Name" help="Who is told, such as the team." error>
                    <input
                        id="name"
                        required
                        maxlength="80"
                        aria-describedby="name-help"
                        aria-invalid=is_wrong(error, "name")
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </Field>
                <Field id="url" label="Address" help="Signed requests of the Standard Webhooks specification are posted here." error>
                    <input
                        id="url"
                        type="url"
                        required
                        maxlength="2048"
                        placeholder="https://"
                        aria-describedby="url-help"
                        aria-invalid=is_wrong(error, "url")
                        on:input=move |event| url.set(event_target_value(&event))
                    />
                </Field>
                <button type="submit" class="primary" disabled=move || create.pending().get()>"Add the webhook"</button>
            </form>
        </section>
    }
}

fn secret(created: &Created) -> impl IntoView + use<> {
    view! {
        <div class="card stack fresh-secret">
            <p>
                <b>{format!("The channel {} is ready.", created.channel.spec.name)}</b>
                " The receiver verifies requests with this secret. Copy it now: it is not shown again."
            </p>
            <Command text=created.secret.clone() label="The signing secret" />
        </div>
    }
}
