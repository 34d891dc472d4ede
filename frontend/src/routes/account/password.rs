//! Changing the password, which needs the present one.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::account::ChangePassword;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, error_of};

#[component]
pub fn Password() -> impl IntoView {
    let action = ServerAction::<ChangePassword>::new();
    let error = error_of(action);
    let saved = move || {
        let done = matches!(action.value().get(), Some(Ok(())));
        done.then_some("Changed. You are signed out everywhere else.")
    };
    view! {
        <section class="part" aria-labelledby="password-part">
            <h2 id="password-part">"Password"</h2>
            <ActionForm action>
                <div class="form">
                    <FormProblem error />
                    <Field id="current" label="Present password" error>
                        <input id="current" name="current" type="password" required autocomplete="current-password" aria-describedby="current-help" aria-invalid=is_wrong(error, "current") />
                    </Field>
                    <Field id="new" label="New password" help="At least 10 characters. All other sessions and bearer tokens end." error>
                        <input id="new" name="new" type="password" required minlength="10" maxlength="256" autocomplete="new-password" aria-describedby="new-help" aria-invalid=is_wrong(error, "new") />
                    </Field>
                    <button type="submit" disabled=move || action.pending().get()>"Change the password"</button>
                    <p role="status" class="quiet-text">{saved}</p>
                </div>
            </ActionForm>
        </section>
    }
}
