//! Who is looking, and the tenants they belong to.

use contract::account::Membership;
use contract::rpc::Role;
use leptos::prelude::*;

use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;

/// The way to the reader's other tenants, and to a new one. It opens without a script.
#[component]
pub fn Tenants(tenant: Tenant) -> impl IntoView {
    view! {
        <Allowed tenant role=Role::Viewer>
            <Switch tenant />
        </Allowed>
    }
}

#[component]
fn Switch(tenant: Tenant) -> impl IntoView {
    let places = move || {
        let known = tenant.who().map(|reader| reader.memberships);
        let here = tenant.slug.get();
        let others = known.unwrap_or_default().into_iter();
        others
            .map(|place| choice(&place, place.slug.as_str() == here))
            .collect_view()
    };
    view! {
        <details class="switch">
            <summary>"Switch tenant"</summary>
            <ul>
                {places}
                <li>
                    <a href="/tenants/new" rel="external">"Create a tenant"</a>
                </li>
            </ul>
        </details>
    }
}

fn choice(place: &Membership, here: bool) -> impl IntoView + use<> {
    view! {
        <li>
            <a href=format!("/d/{}", place.slug) rel="external" aria-current=here.then_some("true")>
                {place.name.clone()}
            </a>
        </li>
    }
}

/// The reader's name, as the way to their account.
#[component]
pub fn Reader(tenant: Tenant) -> impl IntoView {
    view! {
        <Allowed tenant role=Role::Viewer>
            <a href="/account" rel="external">
                "Your account, " {move || tenant.who().map(|reader| reader.user.name)}
            </a>
        </Allowed>
    }
}
