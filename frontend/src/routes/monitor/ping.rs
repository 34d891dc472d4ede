//! Where a heartbeat's pings go, ready to be copied.

use contract::monitor::Overview;
use leptos::prelude::*;

use crate::components::command::Command;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::command::ping;

#[component]
pub fn Ping(tenant: Tenant, overview: Signal<Overview>) -> impl IntoView {
    let key = Memo::new(move |_| overview.with(|one| one.monitor.ping_key));
    move || {
        let key = key.get()?.to_string();
        let url = tenant.ingress_url.with(|ingress| ping::url(ingress, &key));
        let command = ping::after(&url);
        Some(view! {
            <section aria-labelledby="ping">
                <h2 id="ping">"Where it calls"</h2>
                <div class="card">
                    <p>"Call this URL each time the work is done. Whoever knows it can call it, so keep it like a password."</p>
                    <Command text=url label="The URL" />
                    <p class="small quiet-text">"As the last step of a job, telling success and failure alike; /start before it measures how long it takes:"</p>
                    <Command text=command />
                </div>
            </section>
        })
    }
}
