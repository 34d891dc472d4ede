//! Invitations that nobody accepted yet.

use contract::invitation::Invitation;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use crate::components::clock::now;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::role;

#[component]
pub fn Invitations(tenant: Tenant, open: Vec<Invitation>, actions: Actions) -> impl IntoView {
    if open.is_empty() {
        return None;
    }
    let rows = open
        .into_iter()
        .map(|invitation| row(tenant, invitation, actions));
    Some(view! {
        <section aria-labelledby="open">
            <h2 id="open">"Invited, not here yet"</h2>
            <div class="table" tabindex="0" role="group" aria-label="Open invitations">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"For"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Invited by"</th>
                            <th scope="col">"Good until"</th>
                            <th scope="col"><span class="visually-hidden">"Withdraw"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    })
}

fn row(tenant: Tenant, invitation: Invitation, actions: Actions) -> impl IntoView {
    let whom = invitation.email.clone();
    let whom = whom.unwrap_or_else(|| "whoever has the link".to_owned());
    let label = format!("Withdraw the invitation for {whom}: its link is good no longer");
    let until = if invitation.expires_at > now() {
        Either::Left(view! { <Time at=invitation.expires_at /> })
    } else {
        Either::Right("expired")
    };
    view! {
        <tr>
            <th scope="row">{whom}</th>
            <td>{role::title(invitation.role)}</td>
            <td>{invitation.invited_by}</td>
            <td class="nowrap">{until}</td>
            <td class="number">
                <ActionForm action=actions.revoke>
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=invitation.id.to_string() />
                    <button type="submit" class="danger small" aria-label=label>"Withdraw"</button>
                </ActionForm>
            </td>
        </tr>
    }
}
