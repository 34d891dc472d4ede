//! The fields of a monitor's form.

use contract::id::Region;
use contract::monitor::INTERVALS_S;
use leptos::prelude::*;

use super::kind::KindFields;
use super::more::More;
use crate::api::Error;
use crate::components::choose::Choose;
use crate::components::input::Input;
use crate::components::kinds::{Kinds, Only};
use crate::components::ticks::{Tick, Ticks};
use crate::view::figure::duration;
use crate::view::monitor_form::{KINDS, MonitorForm};

#[component]
pub fn Fields(
    form: MonitorForm,
    regions: Vec<Region>,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let intervals = INTERVALS_S.map(|seconds| (seconds.to_string(), duration(i64::from(seconds))));
    let public = form.public.is_some();
    let form = StoredValue::new(form);
    let whole = move || form.get_value();
    let text = move |of: fn(&MonitorForm) -> &String| form.with_value(|form| of(form).clone());
    view! {
        <Input id="name" label="Name" help="As your visitors know it." value=text(|form| &form.name) error required=true />
        <Kinds id="kind" legend="Way" options=KINDS.to_vec() chosen=text(|form| &form.kind) />
        <Only kinds="http tcp dns tls icmp">
            <Input
                id="target"
                label="Address"
                help="A URL such as https://example.com/health; host and port such as example.com:22 for TCP and TLS; a name for DNS and ping."
                value=text(|form| &form.target)
                error
            />
        </Only>
        <Only kinds="heartbeat">
            <p class="note">
                "Nobody looks: what you watch calls a URL of its own each time it has done its work, such as a backup. The URL is shown once it is created."
            </p>
        </Only>
        <KindFields form=whole() error />
        <Choose
            id="interval_s"
            label="Every"
            help="How often each region looks, or a heartbeat is to come."
            options=intervals.into()
            chosen=text(|form| &form.interval_s)
            error
        />
        <Only kinds="http tcp dns tls icmp">
            <Regions regions chosen=form.with_value(|form| form.regions.clone()) error />
        </Only>
        <Tick name="public" words="Show it on the public status page" ticked=public />
        <More form=whole() error />
    }
}

/// Those that report for work, and those that are chosen already, whether or not they do.
#[component]
fn Regions(
    regions: Vec<Region>,
    chosen: Vec<String>,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let none = regions.is_empty();
    let mut options: Vec<String> = regions.iter().map(ToString::to_string).collect();
    for away in &chosen {
        if !options.contains(away) {
            options.push(away.clone());
        }
    }
    let options = options.into_iter().map(|region| {
        let words = if regions.iter().any(|known| known.as_str() == region) {
            region.clone()
        } else {
            format!("{region} (no prober reports from there now)")
        };
        (region, words)
    });
    view! {
        <Ticks
            name="regions"
            legend="Look from"
            help="It is down when more than half of the regions say so."
            options=options.collect()
            chosen
            error
        />
        {none.then(|| view! { <p class="error">"No prober reports for work right now; start one first."</p> })}
    }
}
