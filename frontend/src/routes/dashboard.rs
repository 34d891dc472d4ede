//! The frame of a tenant's pages: navigation at the side, one read of the tenant for all of them, one stream of updates.

pub mod allowed;
pub mod tenant;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::components::fault_banner::FaultBanner;
use crate::components::navigation::Navigation;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Dashboard() -> impl IntoView {
    let tenant = Tenant::provide();
    view! {
        <div class="dashboard">
            <Navigation tenant />
            <main class="content" id="main" tabindex="-1">
                <FaultBanner tenant />
                <Outlet />
            </main>
        </div>
    }
}
