//! What a tenant is called, and its end.

use contract::account::Membership;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::tenants::{DeleteTenant, RenameTenant};
use crate::components::field::{Field, is_wrong};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::removal::Removal;
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
    let end = (place.role == Role::Owner).then(|| view! { <End tenant /> });
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
        {end}
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

const LOST: &str = "Monitors and all they saw, metrics, pages, rules, channels and tokens are lost for good, for every member, and visitors find its \
    pages no longer. Its name in addresses is free for anybody.";

#[component]
fn End(tenant: Tenant) -> impl IntoView {
    let action = ServerAction::<DeleteTenant>::new();
    let error = error_of(action);
    let slug = tenant.slug.get_untracked();
    view! {
        <Removal what="Delete this tenant" lost=LOST error>
            <ActionForm action>
                <div class="form">
                    <input type="hidden" name="tenant" value=slug.clone() />
                    <p>"Type " <b>{slug}</b> " to confirm."</p>
                    <Field id="confirm" label="The tenant's name in addresses" error>
                        <input id="confirm" name="confirm" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="confirm-help" aria-invalid=is_wrong(error, "confirm") />
                    </Field>
                    <button type="submit" class="danger" disabled=move || action.pending().get()>"Delete the tenant"</button>
                </div>
            </ActionForm>
        </Removal>
    }
}
