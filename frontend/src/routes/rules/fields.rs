//! The fields of a rule's form.

use contract::query::Metric;
use leptos::prelude::*;

use super::more::More;
use crate::api::Error;
use crate::components::choose::{Choose, options};
use crate::components::input::Input;
use crate::components::kinds::{Kinds, Only};
use crate::components::ticks::Ticks;
use crate::view::rule_form::{KINDS, RuleForm};

/// What a form chooses from.
#[derive(Clone)]
pub struct Choices {
    pub metrics: Vec<Metric>,
    /// Identifiers and names of monitors.
    pub monitors: Vec<(String, String)>,
}

#[component]
pub fn Fields(form: RuleForm, choices: Choices, error: Signal<Option<Error>>) -> impl IntoView {
    let Choices { metrics, monitors } = choices;
    let mut monitors = monitors;
    monitors.insert(0, (String::new(), "Choose one".to_owned()));
    let form = StoredValue::new(form);
    let whole = move || form.get_value();
    let text = move |of: fn(&RuleForm) -> &String| form.with_value(|form| of(form).clone());
    view! {
        <Input id="name" label="Name" help="What people read first when it fires." value=text(|form| &form.name) error required=true />
        <Kinds id="kind" legend="It fires on" options=KINDS.to_vec() chosen=text(|form| &form.kind) />
        <Only kinds="threshold no_data">
            <Selector form=whole() metrics error />
        </Only>
        <Only kinds="monitor_state failing_answers latency certificate_expiry">
            <Choose id="monitor" label="Monitor" options=monitors chosen=text(|form| &form.monitor) error />
        </Only>
        <Only kinds="threshold">
            <Limit form=whole() error />
        </Only>
        <Only kinds="no_data">
            <Input id="silent_s" label="Silent for" help="At least 10 s, such as 5 min." value=text(|form| &form.silent_s) error />
        </Only>
        <Only kinds="monitor_state">
            <Ticks
                name="states"
                legend="It is"
                options=options([("down", "Down"), ("degraded", "Degraded"), ("unknown", "Unknown: nobody could look")])
                chosen=form.with_value(|form| form.states.clone())
                error
            />
        </Only>
        <Only kinds="failing_answers">
            <Choose
                id="class"
                label="What counts"
                options=options([("5xx", "Answers of class 5xx"), ("4xx", "Answers of class 4xx"), ("failure", "Failed checks, for whatever reason")])
                chosen=text(|form| &form.class)
                error
            />
            <Input id="more_than" label="More than" help="Of all regions together." kind="numeric" value=text(|form| &form.more_than) error />
        </Only>
        <Only kinds="latency">
            <Slow form=whole() error />
        </Only>
        <Only kinds="certificate_expiry">
            <Input id="within_days" label="Within (days)" help="1 to 365." kind="numeric" value=text(|form| &form.within_days) error />
        </Only>
        <Only kinds="threshold failing_answers latency">
            <Input id="window_s" label="Over the last" help="A window that moves with time, such as 90 s or 5 min." value=text(|form| &form.window_s) error />
        </Only>
        <More form=whole() error />
    }
}

#[component]
fn Selector(form: RuleForm, metrics: Vec<Metric>, error: Signal<Option<Error>>) -> impl IntoView {
    let names = metrics
        .into_iter()
        .map(|metric| view! { <option value=metric.name>{metric.unit}</option> });
    view! {
        <Input id="metric" label="Metric" list=Some("metrics") value=form.metric error />
        <datalist id="metrics">{names.collect_view()}</datalist>
        <Input
            id="match"
            label="Only where"
            help="Labels, such as host=web-1, zone!=eu. Empty means every series."
            value=form.matchers
            error
        />
        <Input
            id="group_by"
            label="For each"
            help="Labels to keep apart, such as host: each value fires by itself. Empty judges all series together."
            value=form.group_by
            error
        />
    }
}

#[component]
fn Limit(form: RuleForm, error: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Choose
            id="aggregate"
            label="Its"
            options=options([
                ("avg", "average"),
                ("min", "minimum"),
                ("max", "maximum"),
                ("sum", "sum"),
                ("count", "number of samples"),
                ("rate", "rate per second, of a counter"),
                ("p50", "median"),
                ("p95", "95th percentile"),
                ("p99", "99th percentile"),
            ])
            chosen=form.aggregate
            error
        />
        <Choose
            id="operator"
            label="Is"
            options=options([(">", "above"), (">=", "at least"), ("<", "below"), ("<=", "at most")])
            chosen=form.operator
            error
        />
        <Input id="value" label="Limit" help="In the metric's own unit." kind="numeric" value=form.value error />
        <Input
            id="recover_at"
            label="Recovers at"
            help="Where it is well again, on the good side of the limit. Empty means at the limit."
            kind="numeric"
            value=form.recover_at
            error
        />
    }
}

#[component]
fn Slow(form: RuleForm, error: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Choose
            id="phase"
            label="Of"
            options=options([
                ("total_time", "the total time"),
                ("dns_lookup", "the DNS lookup"),
                ("tcp_connect", "the connection"),
                ("tls_handshake", "the TLS handshake"),
                ("time_to_first_byte", "the wait for the first byte"),
                ("transfer", "the transfer"),
            ])
            chosen=form.phase
            error
        />
        <Input id="percentile" label="Percentile" help="1 to 100: 95 means that 95 % of the checks were at least as fast." kind="numeric" value=form.percentile error />
        <Input id="above_ms" label="Above (ms)" kind="numeric" value=form.above_ms error />
        <Input id="recover_at_ms" label="Recovers at (ms)" help="Empty means at the limit." kind="numeric" value=form.recover_at_ms error />
    }
}
