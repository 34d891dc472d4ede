//! Inviting somebody. The link is shown once, on this page only, so this needs a script.

use contract::invitation::Form;
use contract::member::grantable;
use contract::rpc::Role;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api;
use crate::api::invitations::Invited;
use crate::components::command::Command;
use crate::components::entered;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::FormProblem;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::role;

#[component]
pub fn Invite(tenant: Tenant, invited: RwSignal<u32>) -> impl IntoView {
    let (email, chosen) = (NodeRef::new(), NodeRef::new());
    let invite = Action::new(move |(): &()| {
        let email = entered::text(email).trim().to_owned();
        let form = Form {
            email: (!email.is_empty()).then_some(email),
            role: Role::parse(&entered::choice(chosen)).unwrap_or(Role::Viewer),
        };
        async move {
            let answer = api::invite_member(tenant.id()?, form).await;
            invited.update(|times| *times += u32::from(answer.is_ok()));
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
    let own = tenant.role();
    let options = grantable(own).iter().map(|&each| {
        view! {
            <option value=each.as_str() selected=each == Role::Viewer>{role::title(each)}</option>
        }
    });
    view! {
        <section aria-labelledby="invite">
            <h2 id="invite">"Invite somebody"</h2>
            <noscript>
                <p class="note">"Inviting needs JavaScript, because the link is shown once and nowhere else."</p>
            </noscript>
            <div aria-live="polite">{move || fresh().map(|invited| link(&invited))}</div>
            <form class="form" on:submit=submit>
                <FormProblem error />
                <Field id="email" label="E-mail (optional)" help="A note for you. Nothing is sent: hand over the link yourself." error>
                    <input
                        node_ref=email
                        id="email"
                        type="email"
                        maxlength="254"
                        aria-describedby="email-help"
                        aria-invalid=is_wrong(error, "email")
                    />
                </Field>
                <Field id="role" label="Role" error>
                    <select id="role" aria-describedby="role-help" node_ref=chosen>
                        {options.collect_view()}
                    </select>
                </Field>
                <button type="submit" class="primary" disabled=move || invite.pending().get()>"Make a link"</button>
            </form>
        </section>
    }
}

fn link(invited: &Invited) -> impl IntoView + use<> {
    let whom = invited.invitation.email.clone();
    let whom = whom.unwrap_or_else(|| "the person you invite".to_owned());
    let expires_at = invited.invitation.expires_at;
    view! {
        <div class="card stack fresh-secret">
            <p>
                <b>{format!("Send this link to {whom}.")}</b>
                " It is good once, until "
                <Time at=expires_at />
                ". Copy it now: it is not shown again."
            </p>
            <Command text=invited.link.clone() label="The link" />
        </div>
    }
}
