//! A person's own page: their name, their password, where they are signed in, and the way out.

pub mod leaving;
pub mod password;
pub mod sessions;

use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api;
use crate::api::account::{Account as Shown, RenamePerson};
use crate::components::alone::Alone;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, Refusal, error_of};
use leaving::Leaving;
use password::Password;
use sessions::Sessions;

#[component]
pub fn Account() -> impl IntoView {
    let rename = ServerAction::<RenamePerson>::new();
    let account = Resource::new(move || rename.version().get(), |_| api::own_account());
    view! {
        <Title text="Your account" />
        <Alone>
            <h1>"Your account"</h1>
            <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
                {move || Suspend::new(async move {
                    match account.await {
                        Ok(account) => Either::Left(view! { <Parts account rename /> }),
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })}
            </Transition>
        </Alone>
    }
}

#[component]
fn Parts(account: Shown, rename: ServerAction<RenamePerson>) -> impl IntoView {
    let Shown { identity, sessions } = account;
    view! {
        <section class="part" aria-labelledby="you">
            <h2 id="you">"You"</h2>
            <p class="quiet-text wrap">{identity.user.email}</p>
            <Name name=identity.user.name rename />
        </section>
        <Password />
        <Sessions sessions />
        <div class="part">
            <Leaving />
        </div>
    }
}

#[component]
fn Name(name: String, rename: ServerAction<RenamePerson>) -> impl IntoView {
    let error = error_of(rename);
    let saved = move || matches!(rename.value().get(), Some(Ok(()))).then_some("Saved.");
    view! {
        <ActionForm action=rename>
            <div class="form">
                <FormProblem error />
                <Field id="name" label="Your name" help="Other members and the audit log call you so." error>
                    <input id="name" name="name" required maxlength="80" autocomplete="name" value=name aria-describedby="name-help" aria-invalid=is_wrong(error, "name") />
                </Field>
                <button type="submit" disabled=move || rename.pending().get()>"Save the name"</button>
                <p role="status" class="quiet-text">{saved}</p>
            </div>
        </ActionForm>
    }
}
