//! Creating another tenant.

use leptos::either::EitherOf3;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use crate::api;
use crate::api::tenants::CreateTenant as Call;
use crate::components::alone::Alone;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, Refusal, error_of};

#[component]
pub fn CreateTenant() -> impl IntoView {
    let session = Resource::new(|| (), |()| api::session());
    view! {
        <Title text="Create a tenant" />
        <Alone>
            <h1>"Create a tenant"</h1>
            <Suspense fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
                {move || Suspend::new(async move {
                    match session.await {
                        Ok(Some(_)) => EitherOf3::A(view! { <TenantForm /> }),
                        Ok(None) => EitherOf3::B(view! { <Redirect path="/sign-in?next=/tenants/new" /> }),
                        Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                    }
                })}
            </Suspense>
        </Alone>
    }
}

/// Name and address of a tenant that is to be; the reader will own it.
#[component]
pub fn TenantForm() -> impl IntoView {
    let action = ServerAction::<Call>::new();
    let error = error_of(action);
    let help = "Part of addresses, such as /t/acme: small letters, digits and hyphens. It cannot be changed later.";
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <Field id="name" label="Name" help="Your team or product, as people know it." error>
                    <input id="name" name="name" required maxlength="80" aria-describedby="name-help" aria-invalid=is_wrong(error, "name") />
                </Field>
                <Field id="address" label="Name in addresses" help error>
                    <input id="address" name="address" required maxlength="63" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" autocapitalize="none" spellcheck="false" aria-describedby="address-help" aria-invalid=is_wrong(error, "address") />
                </Field>
                <button type="submit" class="primary" disabled=move || action.pending().get()>"Create the tenant"</button>
            </div>
        </ActionForm>
    }
}
