//! The front door: a person's tenants, or the way in.

use contract::account::Identity;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use crate::api;
use crate::components::alone::Alone;
use crate::components::problem::Refusal;
use crate::routes::tenants::TenantForm;
use crate::view::role;

#[component]
pub fn Home() -> impl IntoView {
    let session = Resource::new(|| (), |()| api::session());
    view! {
        <Title text="Start" />
        <Alone>
            <Suspense fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
                {move || Suspend::new(async move {
                    match session.await {
                        Ok(Some(identity)) => EitherOf3::A(tenants(identity)),
                        Ok(None) => EitherOf3::B(welcome()),
                        Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                    }
                })}
            </Suspense>
        </Alone>
    }
}

/// The only tenant at once, a choice of several, or the way to a first one.
fn tenants(identity: Identity) -> impl IntoView {
    match identity.memberships.as_slice() {
        [] => EitherOf3::A(first(&identity.user.name)),
        [only] => EitherOf3::B(view! { <Redirect path=format!("/d/{}", only.slug) /> }),
        _ => EitherOf3::C(choice(identity)),
    }
}

fn first(name: &str) -> impl IntoView + use<> {
    view! {
        <h1>{format!("Hello, {name}")}</h1>
        <p>"You belong to no tenant yet. Create one, or follow the link of an invitation."</p>
        <TenantForm />
        <p><a href="/account">"Your account"</a></p>
    }
}

fn choice(identity: Identity) -> impl IntoView {
    let places = identity.memberships.into_iter().map(|place| {
        view! {
            <li>
                <a class="button" href=format!("/d/{}", place.slug)>
                    {place.name}
                    <span class="quiet-text">{role::title(place.role)}</span>
                </a>
            </li>
        }
    });
    view! {
        <h1>{format!("Hello, {}", identity.user.name)}</h1>
        <p>"Choose where to look:"</p>
        <ul class="stack">{places.collect_view()}</ul>
        <p class="row">
            <a href="/tenants/new">"Create a tenant"</a>
            <a href="/account">"Your account"</a>
        </p>
    }
}

fn welcome() -> impl IntoView {
    view! {
        <h1>"Know what works, and say so"</h1>
        <p>"Overseer checks your services from many places, keeps your metrics, and tells your visitors how things stand."</p>
        <p class="row">
            <a class="button primary" href="/sign-in">"Sign in"</a>
            <a class="button" href="/sign-up">"Create an account"</a>
        </p>
    }
}
