//! Deleting one's own account, which needs the password.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::account::DeleteAccount;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::error_of;
use crate::components::removal::Removal;

const LOST: &str = "You are signed out everywhere and belong to no tenant any more. Where you are the only owner, make somebody else an owner or \
    delete the tenant first. What you wrote of incidents stays, and audit logs keep your name.";

#[component]
pub fn Leaving() -> impl IntoView {
    let action = ServerAction::<DeleteAccount>::new();
    let error = error_of(action);
    view! {
        <Removal what="Delete your account" lost=LOST error>
            <ActionForm action>
                <div class="form">
                    <Field id="password" label="Your password" error>
                        <input id="password" name="password" type="password" required autocomplete="current-password" aria-describedby="password-help" aria-invalid=is_wrong(error, "password") />
                    </Field>
                    <button type="submit" class="danger" disabled=move || action.pending().get()>"Delete the account"</button>
                </div>
            </ActionForm>
        </Removal>
    }
}
