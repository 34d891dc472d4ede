//! The fields of a monitor's form.

use contract::id::Region;
use contract::monitor::INTERVALS_S;
use contract::monitor::check::dns::Record;
use contract::monitor::check::http::METHODS;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::field::{Field, is_wrong};
use crate::view::figure::duration;
use crate::view::form::error_of;
use crate::view::state::capitalised;

const KINDS: [(&str, &str); 5] = [
    ("http", "HTTP request"),
    ("tcp", "TCP connection"),
    ("dns", "DNS question"),
    ("tls", "TLS certificate"),
    ("icmp", "Ping"),
];

#[component]
pub fn Fields(regions: Vec<Region>, error: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Field id="name" label="Name" help="As your visitors know it." error>
            <input
                id="name"
                name="form[name]"
                required
                maxlength="80"
                aria-describedby="name-help"
                aria-invalid=is_wrong(error, "name")
            />
        </Field>
        <Field id="kind" label="Way" error>
            <select id="kind" name="form[kind]" aria-describedby="kind-help">
                {KINDS
                    .map(|(kind, label)| view! { <option value=kind>{label}</option> })
                    .into_iter()
                    .collect_view()}
            </select>
        </Field>
        <Field
            id="target"
            label="Address"
            help="A URL such as https://example.com/health; host and port such as example.com:22 for TCP and TLS; a name for DNS and ping."
            error
        >
            <input
                id="target"
                name="form[target]"
                required
                maxlength="2048"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby="target-help"
                aria-invalid=is_wrong(error, "target")
            />
        </Field>
        <Field id="interval_s" label="Look every" help="Each region looks this often." error>
            <select id="interval_s" name="form[interval_s]" aria-describedby="interval_s-help">
                {INTERVALS_S.map(interval).into_iter().collect_view()}
            </select>
        </Field>
        <Regions regions error />
        <label class="choice">
            <input type="checkbox" name="form[public]" value="on" checked />
            "Show it on the public status page"
        </label>
        <details>
            <summary>"More settings"</summary>
            <div class="form">
                <More error />
            </div>
        </details>
    }
}

#[component]
fn Regions(regions: Vec<Region>, error: Signal<Option<Error>>) -> impl IntoView {
    let reason = move || {
        let reason =
            error.with(|error| error_of(error.as_ref()?.fields(), "regions").map(str::to_owned));
        reason.map(|reason| view! { <p class="error">{capitalised(&reason)}</p> })
    };
    let none = regions.is_empty();
    let choices = regions.into_iter().enumerate().map(|(index, region)| {
        let value = region.to_string();
        view! {
            <label class="choice">
                <input type="checkbox" name=format!("form[regions][{index}]") value=value checked />
                {region.to_string()}
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend>"Look from"</legend>
            {choices.collect_view()}
            {none.then(|| view! { <p class="error">"No prober reports for work right now; start one first."</p> })}
            {reason}
            <p class="help">"It is down when more than half of the regions say so."</p>
        </fieldset>
    }
}

#[component]
fn More(error: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Field
            id="group"
            label="Group"
            help="Monitors of a group stand together. Leave it empty for none."
            error
        >
            <input id="group" name="form[group]" maxlength="80" aria-describedby="group-help" />
        </Field>
        <Field id="method" label="Method" help="For an HTTP request." error>
            <select id="method" name="form[method]" aria-describedby="method-help">
                {METHODS
                    .map(|method| view! { <option value=method>{method}</option> })
                    .into_iter()
                    .collect_view()}
            </select>
        </Field>
        <Field id="record" label="Record that is asked for" help="For a DNS question." error>
            <select id="record" name="form[record]" aria-describedby="record-help">
                {Record::ALL
                    .map(|record| view! { <option value=record.as_str()>{record.as_str()}</option> })
                    .into_iter()
                    .collect_view()}
            </select>
        </Field>
        <Field
            id="conditions"
            label="What must hold"
            help="One a line, such as [STATUS] == 200 or [BODY].status == ok. Empty means that it answers as it should."
            error
        >
            <textarea
                id="conditions"
                name="form[conditions]"
                rows="3"
                spellcheck="false"
                aria-describedby="conditions-help"
            ></textarea>
        </Field>
        <Number id="timeout_ms" label="Give up after (ms)" help="100 to 60 000." value="10000" error />
        <Number
            id="degraded_ms"
            label="Slow above (ms)"
            help="Slower answers count as degraded. Leave it empty for never."
            value=""
            error
        />
        <Number
            id="failure_threshold"
            label="Failures in a row before it is down"
            help="1 to 20."
            value="2"
            error
        />
        <Number
            id="success_threshold"
            label="Successes in a row before it is up again"
            help="1 to 20."
            value="1"
            error
        />
    }
}

#[component]
fn Number(
    id: &'static str,
    label: &'static str,
    help: &'static str,
    value: &'static str,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    view! {
        <Field id label help error>
            <input
                id=id
                name=format!("form[{id}]")
                inputmode="numeric"
                value=value
                aria-describedby=format!("{id}-help")
                aria-invalid=is_wrong(error, id)
            />
        </Field>
    }
}

fn interval(seconds: u32) -> impl IntoView {
    view! {
        <option value=seconds.to_string() selected=seconds == 60>
            {duration(i64::from(seconds))}
        </option>
    }
}
