//! A page's password and its own domain.

use contract::page::{Host, Page};
use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::pages::{SetPageHost, SetPagePassword, VerifyPageHost};
use crate::components::command::Command;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, error_of};
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Access(tenant: Tenant, page: Page, done: RwSignal<u32>) -> impl IntoView {
    view! {
        <Password tenant page=page.clone() done />
        <Domain tenant page done />
    }
}

/// Counts an action's success, so that the page is read again.
fn follow<S>(action: ServerAction<S>, done: RwSignal<u32>)
where
    S: server_fn::ServerFn<Output = (), Error = crate::api::Error> + Clone + Send + Sync + 'static,
{
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            done.update(|times| *times += 1);
        }
    });
}

#[component]
fn Password(tenant: Tenant, page: Page, done: RwSignal<u32>) -> impl IntoView {
    let set = ServerAction::<SetPagePassword>::new();
    follow(set, done);
    let error = error_of(set);
    let (id, locked) = (page.id.to_string(), page.has_password);
    let (label, verb) = if locked {
        ("Another password", "Change the password")
    } else {
        ("Password", "Ask for this password")
    };
    let own_id = id.clone();
    let open = locked.then(|| {
        view! {
            <ActionForm action=set>
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="id" value=own_id />
                <button type="submit">"Open it to everybody"</button>
            </ActionForm>
        }
    });
    view! {
        <section>
            <h2>"Password"</h2>
            <ActionForm action=set>
                <div class="form">
                    <FormProblem error />
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=id.clone() />
                    <Field
                        id="password"
                        label
                        help="At least 8 characters. Whoever entered with an old one has to enter again. A page with a password has no badges."
                        error
                    >
                        <input
                            id="password"
                            name="password"
                            type="password"
                            required
                            minlength="8"
                            autocomplete="new-password"
                            aria-describedby="password-help"
                            aria-invalid=is_wrong(error, "password")
                        />
                    </Field>
                    <button type="submit">{verb}</button>
                </div>
            </ActionForm>
            {open}
        </section>
    }
}

#[component]
fn Domain(tenant: Tenant, page: Page, done: RwSignal<u32>) -> impl IntoView {
    let (set, verify) = (
        ServerAction::<SetPageHost>::new(),
        ServerAction::<VerifyPageHost>::new(),
    );
    follow(set, done);
    follow(verify, done);
    let (set_error, verify_error) = (error_of(set), error_of(verify));
    let id = page.id.to_string();
    let name = page.host.as_ref().map(|host| host.name.clone());
    let standing = page.host.map(|host| standing(tenant, &id, host, verify));
    view! {
        <section>
            <h2>"Domain of its own"</h2>
            <FormProblem error=verify_error />
            {move || verify_error.get().and_then(|error| error.field("host").map(str::to_owned)).map(|reason| view! { <p class="error">{reason}</p> })}
            {standing}
            <ActionForm action=set>
                <div class="form">
                    <FormProblem error=set_error />
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=id.clone() />
                    <Field
                        id="host"
                        label="Domain"
                        help="Such as status.example.org. Leave it empty to give it up."
                        error=set_error
                    >
                        <input
                            id="host"
                            name="host"
                            value=name.unwrap_or_default()
                            aria-describedby="host-help"
                            aria-invalid=is_wrong(set_error, "host")
                        />
                    </Field>
                    <button type="submit">"Use this domain"</button>
                </div>
            </ActionForm>
        </section>
    }
}

/// What is left to be done before the domain shows the page.
fn standing(
    tenant: Tenant,
    id: &str,
    host: Host,
    verify: ServerAction<VerifyPageHost>,
) -> impl IntoView + use<> {
    let id = id.to_owned();
    match host.verified_at {
        Some(_) => view! {
            <p>"The domain is verified: " <b>{host.name}</b> " shows this page."</p>
        }
        .into_any(),
        None => view! {
            <div class="card stack">
                <p>"Point the domain at this site, and make this TXT record, which shows that the domain is yours:"</p>
                <Command text=host.record label="The name of the record" />
                <Command text=host.text label="The text of the record" />
                <ActionForm action=verify>
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=id />
                    <button type="submit" class="primary">"Look for the record"</button>
                </ActionForm>
            </div>
        }
        .into_any(),
    }
}
