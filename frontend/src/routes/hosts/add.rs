//! Adding a host. Its code is shown once, on this page only, so this needs a script.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api;
use crate::api::agents::Invited;
use crate::components::command::Command;
use crate::components::entered;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::FormProblem;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn AddHost(tenant: Tenant, added: RwSignal<u32>) -> impl IntoView {
    let name = NodeRef::new();
    let invite = Action::new(move |(): &()| {
        let name = entered::text(name);
        async move {
            let answer = api::invite_agent(tenant.id()?, name).await;
            added.update(|times| *times += u32::from(answer.is_ok()));
            answer
        }
    });
    let answer = move || invite.value().get();
    let error = Signal::derive(move || answer().and_then(Result::err));
    let fresh = move || answer().and_then(Result::ok);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        invite.dispatch(());
    };
    view! {
        <section aria-labelledby="add">
            <h2 id="add">"Add a host"</h2>
            <noscript>
                <p class="note">"Adding a host needs JavaScript, because its code is shown once and nowhere else."</p>
            </noscript>
            <div aria-live="polite">{move || fresh().map(command)}</div>
            <form class="form" on:submit=submit>
                <FormProblem error />
                <Field id="name" label="Name" help="All its metrics carry this name as the label host." error>
                    <input
                        node_ref=name
                        id="name"
                        required
                        maxlength="80"
                        aria-describedby="name-help"
                        aria-invalid=is_wrong(error, "name")
                    />
                </Field>
                <button type="submit" class="primary" disabled=move || invite.pending().get()>"Add the host"</button>
            </form>
        </section>
    }
}

fn command(invited: Invited) -> impl IntoView {
    view! {
        <div class="card stack fresh-secret">
            <p>
                <b>"Run this on the host."</b>
                " It is good once, until "
                <Time at=invited.invitation.expires_at />
                "."
            </p>
            <Command text=invited.command />
        </div>
    }
}
