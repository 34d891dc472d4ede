//! The places of those who run all of this: members of the tenant `overseer`.

use contract::account::Membership;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Own(tenant: Tenant) -> impl IntoView {
    view! {
        <Allowed tenant role=Role::Viewer>
            <Places tenant />
        </Allowed>
    }
}

#[component]
fn Places(tenant: Tenant) -> impl IntoView {
    move || {
        let place = tenant.own_place()?;
        let may_break =
            tenant.faults.try_with(Option::is_some) == Some(true) && place.role >= Role::Admin;
        Some(view! {
            <p class="area">"The system itself"</p>
            <ul aria-label="The system itself">
                {item(tenant, &place, "/streams", "Streams")}
                {may_break.then(|| item(tenant, &place, "/faults", "Faults"))}
            </ul>
        })
    }
}

fn item(
    tenant: Tenant,
    place: &Membership,
    path: &str,
    name: &'static str,
) -> impl IntoView + use<> {
    let href = format!("/d/{}{path}", place.slug);
    let is_here = tenant.slug.with(|slug| slug == place.slug.as_str());
    let link = if is_here {
        Either::Left(view! { <A href>{name}</A> })
    } else {
        Either::Right(view! { <a href=href rel="external">{name}</a> })
    };
    view! { <li>{link}</li> }
}
