//! Giving up one's own place, after saying what is lost.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::LeaveByForm;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Leave(tenant: Tenant, action: ServerAction<LeaveByForm>) -> impl IntoView {
    view! {
        <section aria-labelledby="leave">
            <h2 id="leave">"Leave"</h2>
            <details>
                <summary>"Leave this tenant"</summary>
                <div class="stack">
                    <p>"You see nothing of it any more, until somebody invites you again. What you made stays."</p>
                    <ActionForm action>
                        <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                        <button type="submit" class="danger">"Leave, and lose access"</button>
                    </ActionForm>
                </div>
            </details>
        </section>
    }
}
