//! What a tenant is called.

use contract::account::Membership;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::tenants::RenameTenant;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Settings() -> impl IntoView {
    let tenant = Tenant::of_page();
    let action = ServerAction::<RenameTenant>::new();
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            tenant.read_again();
        }
    });
    view! {
        <Title text="Tenant" />
        <header class="row apart">
            <h1>"Tenant"</h1>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                match tenant.ready().await {
                    Ok(()) => Either::Left(tenant.place().map(|place| view! { <Name tenant place action /> })),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Name(tenant: Tenant, place: Membership, action: ServerAction<RenameTenant>) -> impl IntoView {
    let address = format!("/t/{}", place.slug);
    let name = if place.role >= Role::Admin {
        Either::Left(form(tenant, place.name, action))
    } else {
        Either::Right(view! { <p>{place.name}</p> })
    };
    view! {
        <section class="stack" aria-labelledby="name-of-tenant">
            <h2 id="name-of-tenant">"Name"</h2>
            {name}
            <p class="help">
                "Its public page is at " <a href=address.clone() rel="external">{address.clone()}</a>
                ". The name in addresses stays, so that links keep working."
            </p>
        </section>
    }
}

fn form(tenant: Tenant, name: String, action: ServerAction<RenameTenant>) -> impl IntoView {
    let error = error_of(action);
    let saved = move || matches!(action.value().get(), Some(Ok(()))).then_some("Saved.");
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <Field id="name" label="Name" help="The title of the public page, and what members see." error>
                    <input id="name" name="name" required maxlength="80" value=name aria-describedby="name-help" aria-invalid=is_wrong(error, "name") />
                </Field>
                <button type="submit" class="primary" disabled=move || action.pending().get()>"Save"</button>
                <p role="status" class="quiet-text">{saved}</p>
            </div>
        </ActionForm>
    }
}
