//! What only people of a role see; with the least of all, what has to wait for the tenant.
//!
//! It waits until it is known who reads: a page that is hydrated has to be what the server sent.

use contract::rpc::Role;
use leptos::prelude::*;

use super::tenant::Tenant;

#[component]
pub fn Allowed(
    tenant: Tenant,
    /// The least role.
    role: Role,
    children: ChildrenFn,
) -> impl IntoView {
    // What stands inside stays as it is while the answer does: it may show what is shown once.
    let allowed = Memo::new(move |_| tenant.may(role));
    view! {
        <Transition fallback=|| ()>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    // Who may not read at all is told so by the page itself.
                    let known = tenant.ready().await.is_ok();
                    move || (known && allowed.get()).then(|| children())
                })
            }}
        </Transition>
    }
}
