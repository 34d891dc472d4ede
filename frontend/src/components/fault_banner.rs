//! What is broken on purpose, above every page of those who run this.

use contract::fault::Fault;
use contract::monitor::State;
use contract::rpc::Role;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::clock::Clock;
use crate::components::icon::StateIcon;
use crate::components::time::Time;
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn FaultBanner(tenant: Tenant) -> impl IntoView {
    let clock = Clock::of_page();
    Effect::new(move |_| {
        // Faults are also switched elsewhere.
        if clock.now().is_some() {
            look_again(tenant);
        }
    });
    view! {
        <Allowed tenant role=Role::Viewer>
            <Banner tenant />
        </Allowed>
    }
}

#[component]
fn Banner(tenant: Tenant) -> impl IntoView {
    let clock = Clock::of_page();
    let on = move || {
        let on = tenant.faults.try_get().flatten();
        let on = on.unwrap_or_default().into_iter();
        let now = clock.now();
        on.filter(|fault| now.is_none_or(|now| fault.is_on(now)))
            .collect::<Vec<_>>()
    };
    move || {
        let on = on();
        (!on.is_empty()).then(|| {
            view! {
                <section class="faults-on" aria-label="Broken on purpose">
                    <span class="tone degraded"><StateIcon state=State::Degraded /></span>
                    <div>
                        <b>"Broken on purpose"</b>
                        <ul>{on.into_iter().map(line).collect_view()}</ul>
                    </div>
                    {tenant.own_place().map(|place| {
                        view! { <a class="button small" href=format!("/d/{}/faults", place.slug) rel="external">"Switches"</a> }
                    })}
                </section>
            }
        })
    }
}

fn line(fault: Fault) -> impl IntoView {
    let words = fault.settings.words(fault.kind);
    view! {
        <li>
            <code>{fault.kind.as_str()} " " {words}</code>
            ": " {fault.kind.about()} ", until " <Time at=fault.until />
        </li>
    }
}

fn look_again(tenant: Tenant) {
    let can_be = tenant.faults.with_untracked(Option::is_some);
    if !can_be || document().hidden() {
        return;
    }
    let Some(place) = untrack(move || tenant.own_place()) else {
        return;
    };
    spawn_local(async move {
        // What is shown stays; the next look tries again.
        if let Ok(on) = api::faults(place.slug).await {
            tenant.learn_faults(on);
        }
    });
}
