//! What most monitors leave as it is.

use leptos::prelude::*;

use super::conditions::Conditions;
use crate::api::Error;
use crate::components::fold::Fold;
use crate::components::input::Input;
use crate::components::kinds::Only;
use crate::view::monitor_form::MonitorForm;

const FOLDED: &[&str] = &[
    "group",
    "degraded_ms",
    "timeout_ms",
    "failure_threshold",
    "success_threshold",
];

#[component]
pub fn More(form: MonitorForm, error: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Only kinds="http tcp dns tls icmp">
            <Conditions value=form.conditions error />
        </Only>
        <Fold summary="More settings" fields=FOLDED error>
                <Input id="group" label="Group" help="Monitors of a group stand together. Empty means none." value=form.group error />
                <Only kinds="http tcp dns tls icmp">
                    <Input
                        id="degraded_ms"
                        label="Slow above (ms)"
                        help="Slower answers count as degraded. Empty means never."
                        kind="numeric"
                        value=form.degraded_ms
                        error
                    />
                    <Input id="timeout_ms" label="Give up after (ms)" help="100 to 60 000." kind="numeric" value=form.timeout_ms error />
                    <Input
                        id="failure_threshold"
                        label="Failures in a row before it is down"
                        help="1 to 20."
                        kind="numeric"
                        value=form.failure_threshold
                        error
                    />
                    <Input
                        id="success_threshold"
                        label="Successes in a row before it is up again"
                        help="1 to 20."
                        kind="numeric"
                        value=form.success_threshold
                        error
                    />
                </Only>
        </Fold>
    }
}
