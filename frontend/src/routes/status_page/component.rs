//! One component: name, state, ninety days, and a sentence where there is something to say.

use contract::incident::Incident;
use contract::page::Component;
use leptos::prelude::*;

use crate::components::bars::DayBars;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::view::state::sentence;
use contract::monitor::State;

#[component]
pub fn ComponentRow(component: Component, incidents: Vec<Incident>) -> impl IntoView {
    let status = component.status;
    let since = status.since;
    let advisory = sentence(&status).map(|sentence| {
        let wrong = matches!(status.state, State::Down | State::Degraded | State::Unknown);
        view! {
            <p class="advisory">
                {sentence}
                {wrong.then(|| view! { ", since " <Time at=since /> })}
            </p>
        }
    });
    let label = format!("{}, the last {} days", component.name, component.days.len());
    view! {
        <div
            class="component"
            data-monitor=component.monitor.to_string()
            data-state=status.state.as_str()
        >
            <div class="row apart">
                <h3>{component.name}</h3>
                <StateBadge state=status.state />
            </div>
            {(!component.description.is_empty())
                .then(|| view! { <p class="description">{component.description.clone()}</p> })}
            {advisory}
            <DayBars
                id=format!("days-{}", component.monitor)
                label
                days=component.days
                uptime=component.uptime_90d
                incidents
            />
        </div>
    }
}
