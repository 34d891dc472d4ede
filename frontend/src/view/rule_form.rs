//! An alert rule as typed, read into what it means.

mod condition;

use contract::alert::Severity;
use contract::id::MonitorId;
use contract::problem::FieldError;
use contract::rule::{Condition, Rule, Spec};
use serde::{Deserialize, Serialize};

use crate::view::form::{Reader, filled};
use crate::view::span;

/// Every field is text, as browsers send it without a script; those of other kinds are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    pub name: String,
    pub kind: String,
    pub severity: String,
    // Of rules on metrics.
    pub metric: String,
    /// Separated by commas.
    #[serde(rename = "match")]
    pub matchers: String,
    /// Labels, separated by commas.
    pub group_by: String,
    pub aggregate: String,
    pub operator: String,
    pub value: String,
    pub recover_at: String,
    pub silent_s: String,
    // Of rules on monitors.
    pub monitor: String,
    pub class: String,
    pub more_than: String,
    pub states: Vec<String>,
    pub phase: String,
    pub percentile: String,
    pub above_ms: String,
    pub recover_at_ms: String,
    pub within_days: String,
    // Of several kinds, and of all.
    pub window_s: String,
    pub for_s: String,
    pub cooldown_s: String,
    pub remind_every_s: String,
    /// Present when ticked.
    pub notify_recovery: Option<String>,
    /// Present while the rule is muted.
    pub paused: Option<String>,
}

pub const SEVERITIES: [(Severity, &str); 3] = [
    (Severity::Info, "info"),
    (Severity::Warning, "warning"),
    (Severity::Critical, "critical"),
];

impl Default for RuleForm {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            name: String::new(),
            kind: text("threshold"),
            severity: text("warning"),
            metric: String::new(),
            matchers: String::new(),
            group_by: String::new(),
            aggregate: text("avg"),
            operator: text(">"),
            value: String::new(),
            recover_at: String::new(),
            silent_s: text("5 min"),
            monitor: String::new(),
            class: text("5xx"),
            more_than: text("3"),
            states: vec![],
            phase: text("total_time"),
            percentile: text("95"),
            above_ms: text("500"),
            recover_at_ms: String::new(),
            within_days: text("14"),
            window_s: text("5 min"),
            for_s: text("0 s"),
            cooldown_s: text("5 min"),
            remind_every_s: String::new(),
            notify_recovery: None,
            paused: None,
        }
    }
}

impl RuleForm {
    /// What an empty form proposes.
    pub fn fresh() -> Self {
        Self {
            states: vec!["down".to_owned()],
            notify_recovery: Some("on".to_owned()),
            ..Self::default()
        }
    }

    /// The rule it describes, or all that cannot be read. The rules of a rule itself are checked by the store.
    pub fn read(&self) -> Result<Spec, Vec<FieldError>> {
        let mut reader = Reader::default();
        let condition = self.condition(&mut reader);
        let severity = reader.one_of("severity", &self.severity, &SEVERITIES);
        let (for_s, cooldown_s) = (
            reader.seconds("for_s", &self.for_s),
            reader.seconds("cooldown_s", &self.cooldown_s),
        );
        let remind = filled(&self.remind_every_s);
        let remind_every_s = remind.map(|text| reader.seconds("remind_every_s", &text));
        let spec = condition.zip(severity).map(|(condition, severity)| Spec {
            name: self.name.trim().to_owned(),
            condition,
            for_s,
            cooldown_s,
            remind_every_s,
            notify_recovery: self.notify_recovery.is_some(),
            severity,
            paused: self.paused.is_some(),
        });
        reader.done(spec)
    }
}

impl From<&Rule> for RuleForm {
    fn from(rule: &Rule) -> Self {
        let spec = &rule.spec;
        let on = |ticked: bool| ticked.then(|| "on".to_owned());
        Self {
            name: spec.name.clone(),
            severity: spec.severity.as_str().to_owned(),
            for_s: span::write(spec.for_s),
            cooldown_s: span::write(spec.cooldown_s),
            remind_every_s: spec.remind_every_s.map(span::write).unwrap_or_default(),
            notify_recovery: on(spec.notify_recovery),
            paused: on(spec.paused),
            ..Self::of(&spec.condition)
        }
    }
}

/// The monitor a rule is to be about, where the form was opened from that monitor's page.
pub fn about(monitor: MonitorId) -> RuleForm {
    RuleForm {
        kind: "monitor_state".to_owned(),
        monitor: monitor.to_string(),
        ..RuleForm::fresh()
    }
}

/// The kinds of conditions as they stand in a form, and as people read them.
pub const KINDS: [(&str, &str); 6] = [
    ("threshold", "Metric beyond a limit"),
    ("no_data", "Metric is silent"),
    ("monitor_state", "State of a monitor"),
    ("failing_answers", "Failing answers"),
    ("latency", "Response time"),
    ("certificate_expiry", "Certificate expires"),
];

/// The name of a condition's kind in a form.
pub fn kind_of(condition: &Condition) -> &'static str {
    match condition {
        Condition::Threshold(_) => "threshold",
        Condition::NoData(_) => "no_data",
        Condition::FailingAnswers(_) => "failing_answers",
        Condition::MonitorState(_) => "monitor_state",
        Condition::Latency(_) => "latency",
        Condition::CertificateExpiry(_) => "certificate_expiry",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONITOR: &str = "01900000-0000-7000-8000-000000000000";

    fn form(kind: &str) -> RuleForm {
        RuleForm {
            name: " Hot ".to_owned(),
            kind: kind.to_owned(),
            metric: "temperature".to_owned(),
            matchers: "room=kitchen, floor!=2".to_owned(),
            group_by: "host, device".to_owned(),
            value: "90".to_owned(),
            recover_at: "80".to_owned(),
            monitor: MONITOR.to_owned(),
            remind_every_s: "1 h".to_owned(),
            ..RuleForm::fresh()
        }
    }

    #[test]
    fn a_form_of_every_kind_is_a_rule_and_reads_back_as_the_same_form() {
        for (kind, _) in KINDS {
            let spec = form(kind).read().expect("readable");
            assert_eq!(
                (spec.name.as_str(), kind_of(&spec.condition)),
                ("Hot", kind)
            );
            let rule: Rule = serde_json::from_value(serde_json::json!({
                "id": MONITOR, "tenant": MONITOR, "revision": 1, "name": "", "kind": "no_data", "metric": "x", "silent_s": 60,
            }))
            .expect("a rule");
            let again = RuleForm::from(&Rule {
                spec: spec.clone(),
                ..rule
            });
            assert_eq!(again.read().expect("readable"), spec, "{kind}");
        }
    }

    #[test]
    fn times_and_matchers_are_read_as_people_write_them() {
        let spec = form("threshold").read().expect("readable");
        let text = serde_json::to_value(&spec).expect("JSON");
        assert_eq!(text["window_s"], 300);
        assert_eq!(text["remind_every_s"], 3_600);
        assert_eq!(
            text["match"],
            serde_json::json!(["room=kitchen", "floor!=2"])
        );
        assert_eq!(text["group_by"], serde_json::json!(["host", "device"]));
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let wrong = RuleForm {
            matchers: "kitchen".to_owned(),
            operator: "~".to_owned(),
            value: "hot".to_owned(),
            window_s: "a while".to_owned(),
            severity: "loud".to_owned(),
            for_s: "soon".to_owned(),
            ..form("threshold")
        };
        let errors = wrong.read().expect_err("unreadable");
        let mut fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(
            fields,
            [
                "for_s", "match", "operator", "severity", "value", "window_s"
            ]
        );
        let nowhere = RuleForm {
            monitor: String::new(),
            ..form("latency")
        };
        assert_eq!(nowhere.read().expect_err("unreadable")[0].field, "monitor");
        assert_eq!(
            form("smoke").read().expect_err("unreadable")[0].field,
            "kind"
        );
    }
}
