//! The front door: a person's tenants, or the way in.

use contract::account::Identity;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api;
use crate::components::icon::Mark;
use crate::components::problem::Refusal;

#[component]
pub fn Home() -> impl IntoView {
    let session = Resource::new(|| (), |()| api::session());
    view! {
        <Title text="Start" />
        <div class="alone">
            <header>
                <a class="brand" href="/"><Mark /> "Overseer"</a>
            </header>
            <main id="main" tabindex="-1">
                <Suspense fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
                    {move || Suspend::new(async move {
                        match session.await {
                            Ok(Some(identity)) => EitherOf3::A(tenants(identity)),
                            Ok(None) => EitherOf3::B(welcome()),
                            Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                        }
                    })}
                </Suspense>
            </main>
        </div>
    }
}

fn tenants(identity: Identity) -> impl IntoView {
    let places = identity.memberships.into_iter().map(|place| {
        view! {
            <li>
                <a class="button" href=format!("/d/{}", place.slug)>{place.name}</a>
            </li>
        }
    });
    view! {
        <h1>{format!("Hello, {}", identity.user.name)}</h1>
        <p>"Choose where to look:"</p>
        <ul class="stack">{places.collect_view()}</ul>
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
