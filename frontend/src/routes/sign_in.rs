//! Signing in.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::account::SignIn as Call;
use crate::components::alone::Alone;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, error_of};
use crate::view::invitation::towards;

#[component]
pub fn SignIn() -> impl IntoView {
    let action = ServerAction::<Call>::new();
    let error = error_of(action);
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let towards_sign_up = towards("/sign-up", next.as_deref());
    view! {
        <Title text="Sign in" />
        <Alone>
            <h1>"Sign in"</h1>
            <ActionForm action>
                <div class="form">
                    <FormProblem error />
                    {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <Field id="email" label="E-mail" error>
                        <input
                            id="email"
                            name="email"
                            type="email"
                            required
                            autocomplete="username"
                            aria-describedby="email-help"
                            aria-invalid=is_wrong(error, "email")
                        />
                    </Field>
                    <Field id="password" label="Password" error>
                        <input
                            id="password"
                            name="password"
                            type="password"
                            required
                            autocomplete="current-password"
                            aria-describedby="password-help"
                            aria-invalid=is_wrong(error, "password")
                        />
                    </Field>
                    <button type="submit" class="primary" disabled=move || action.pending().get()>
                        {move || if action.pending().get() { "Signing in…" } else { "Sign in" }}
                    </button>
                    <p>"New here? " <a href=towards_sign_up>"Create an account"</a></p>
                </div>
            </ActionForm>
        </Alone>
    }
}
