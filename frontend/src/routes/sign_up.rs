//! Signing up: a person and their first tenant.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::account::SignUp as Call;
use crate::components::field::{Field, is_wrong};
use crate::components::icon::Mark;
use crate::components::problem::{FormProblem, error_of};

#[component]
pub fn SignUp() -> impl IntoView {
    let action = ServerAction::<Call>::new();
    let error = error_of(action);
    let tenant_help = "Part of addresses, such as /t/acme: small letters, digits and hyphens. It cannot be changed later.";
    view! {
        <Title text="Create an account" />
        <div class="alone">
            <header>
                <a class="brand" href="/"><Mark /> "Overseer"</a>
            </header>
            <main id="main" tabindex="-1">
                <h1>"Create an account"</h1>
                <ActionForm action>
                    <div class="form">
                        <FormProblem error />
                        <Field id="name" label="Your name" error>
                            <input id="name" name="name" required maxlength="80" autocomplete="name" aria-describedby="name-help" aria-invalid=is_wrong(error, "name") />
                        </Field>
                        <Field id="email" label="E-mail" error>
                            <input id="email" name="email" type="email" required maxlength="254" autocomplete="username" aria-describedby="email-help" aria-invalid=is_wrong(error, "email") />
                        </Field>
                        <Field id="password" label="Password" help="At least 10 characters." error>
                            <input id="password" name="password" type="password" required minlength="10" maxlength="256" autocomplete="new-password" aria-describedby="password-help" aria-invalid=is_wrong(error, "password") />
                        </Field>
                        <Field id="tenant" label="Name of your team or product in addresses" help=tenant_help error>
                            <input id="tenant" name="tenant" required maxlength="63" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" autocapitalize="none" spellcheck="false" aria-describedby="tenant-help" aria-invalid=is_wrong(error, "tenant") />
                        </Field>
                        <button type="submit" class="primary" disabled=move || action.pending().get()>
                            {move || if action.pending().get() { "Creating…" } else { "Create the account" }}
                        </button>
                        <p>"Already have one? " <a href="/sign-in">"Sign in"</a></p>
                    </div>
                </ActionForm>
            </main>
        </div>
    }
}
