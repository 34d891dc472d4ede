//! Signing up: a person and their first tenant. Who comes from an invitation needs none.

use leptos::either::EitherOf3;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api;
use crate::api::account::SignUp as Call;
use crate::components::alone::Alone;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::view::invitation::{secret_in, towards};

#[component]
pub fn SignUp() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let is_invited = next.as_deref().and_then(secret_in).is_some();
    let entrance = Resource::new(|| (), |()| api::read_entrance());
    let next = StoredValue::new(next);
    view! {
        <Title text="Create an account" />
        <Alone>
            <h1>"Create an account"</h1>
            <Suspense fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
                {move || Suspend::new(async move {
                    match entrance.await {
                        Ok(entrance) if entrance.by_invitation && !is_invited => EitherOf3::A(view! { <Closed /> }),
                        Ok(_) => EitherOf3::B(view! { <Open is_invited next=next.get_value() /> }),
                        Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                    }
                })}
            </Suspense>
        </Alone>
    }
}

#[component]
fn Closed() -> impl IntoView {
    view! {
        <p>"Accounts are made by invitation here. Ask an admin of your team for a link, and follow it."</p>
        <p>"Already have one? " <a href="/sign-in">"Sign in"</a></p>
    }
}

#[component]
fn Open(is_invited: bool, next: Option<String>) -> impl IntoView {
    let action = ServerAction::<Call>::new();
    let error = error_of(action);
    let tenant_help = "Part of addresses, such as /t/acme: small letters, digits and hyphens. It cannot be changed later.";
    let towards_sign_in = towards("/sign-in", next.as_deref());
    view! {
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
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                {(!is_invited).then(|| view! {
                    <Field id="tenant" label="Name of your team or product in addresses" help=tenant_help error>
                        <input id="tenant" name="tenant" required maxlength="63" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" autocapitalize="none" spellcheck="false" aria-describedby="tenant-help" aria-invalid=is_wrong(error, "tenant") />
                    </Field>
                })}
                <button type="submit" class="primary" disabled=move || action.pending().get()>
                    {move || if action.pending().get() { "Creating…" } else { "Create the account" }}
                </button>
                <p>"Already have one? " <a href=towards_sign_in>"Sign in"</a></p>
            </div>
        </ActionForm>
    }
}
