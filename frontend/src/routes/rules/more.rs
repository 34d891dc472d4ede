//! What rules of all kinds have in common: patience, and whom they bother how often.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::choose::{Choose, options};
use crate::components::fold::Fold;
use crate::components::input::Input;
use crate::components::ticks::Tick;
use crate::view::rule_form::RuleForm;

#[component]
pub fn More(form: RuleForm, error: Signal<Option<Error>>) -> impl IntoView {
    view! {
        <Input
            id="for_s"
            label="Holds for"
            help="How long it has to hold before anybody is told, such as 2 min. 0 s tells at once."
            value=form.for_s
            error
        />
        <Choose
            id="severity"
            label="Severity"
            options=options([("info", "Info"), ("warning", "Warning"), ("critical", "Critical")])
            chosen=form.severity
            error
        />
        <Fold summary="How often people are told" fields=&["cooldown_s", "remind_every_s"] error>
                <Input
                    id="cooldown_s"
                    label="Cooldown"
                    help="At least this long between the beginnings of two alerts."
                    value=form.cooldown_s
                    error
                />
                <Input
                    id="remind_every_s"
                    label="Remind every"
                    help="While it holds, such as 1 h. Empty means never."
                    value=form.remind_every_s
                    error
                />
                <Tick name="notify_recovery" words="Tell when it recovers" ticked=form.notify_recovery.is_some() />
                <Tick name="paused" words="Muted: it is not judged, and its open alerts end" ticked=form.paused.is_some() />
        </Fold>
    }
}
