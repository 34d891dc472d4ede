//! Alert rules in words, and how each of them stands.

use chrono::{DateTime, Utc};
use contract::alert::{Alert, Severity};
use contract::id::{MonitorId, RuleId};
use contract::metric::Labels;
use contract::monitor::State;
use contract::query::Aggregate;
use contract::rule::{AnswerClass, Condition, Rule, Selector};

use crate::view::figure::{count, digits};
use crate::view::phase;
use crate::view::span;

/// When a rule fires: "p95 of latency where host=web-1 over 5 min is above 90".
pub fn sentence(condition: &Condition, name_of: impl Fn(MonitorId) -> String) -> String {
    let name = condition.monitor().map(name_of).unwrap_or_default();
    match condition {
        Condition::Threshold(threshold) => format!(
            "{} of {} over {} is {} {}",
            aggregate(threshold.aggregate),
            selection(&threshold.selector),
            span::write(threshold.window_s),
            threshold.operator.words(),
            digits(threshold.value),
        ),
        Condition::NoData(silence) => format!(
            "no sample of {} for {}",
            selection(&silence.selector),
            span::write(silence.silent_s)
        ),
        Condition::FailingAnswers(failing) => format!(
            "more than {} {} of {name} in {}",
            failing.more_than,
            class(failing.class),
            span::write(failing.window_s)
        ),
        Condition::MonitorState(of) => {
            let states: Vec<&str> = of.states.iter().map(|state| state.as_str()).collect();
            format!("{name} is {}", states.join(" or "))
        }
        Condition::Latency(latency) => format!(
            "p{} of {} of {name} over {} is above {} ms",
            digits(latency.percentile),
            phase::words(latency.phase),
            span::write(latency.window_s),
            digits(latency.above_ms)
        ),
        Condition::CertificateExpiry(expiry) => {
            let days = usize::try_from(expiry.within_days).unwrap_or_default();
            format!(
                "the certificate of {name} expires within {}",
                count(days, "day")
            )
        }
    }
}

/// How a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Muted,
    Quiet,
    /// Since when, and how many groups.
    Firing {
        since: DateTime<Utc>,
        alerts: usize,
        severity: Severity,
    },
}

/// How a rule stands, by the alerts that are open.
pub fn standing(rule: &Rule, open: &[Alert]) -> Standing {
    let ours = open
        .iter()
        .filter(|alert| alert.rule == Some(rule.id) && alert.resolved_at.is_none());
    match ours.clone().map(|alert| alert.started_at).min() {
        Some(since) => Standing::Firing {
            since,
            alerts: ours.count(),
            severity: rule.spec.severity,
        },
        None if rule.spec.paused => Standing::Muted,
        None => Standing::Quiet,
    }
}

impl Standing {
    /// As a state, so that it is drawn alike.
    pub fn state(self) -> State {
        match self {
            Self::Muted => State::Paused,
            Self::Quiet => State::Up,
            Self::Firing { severity, .. } => severity_state(severity),
        }
    }

    pub fn word(self) -> String {
        match self {
            Self::Muted => "Muted".to_owned(),
            Self::Quiet => "Quiet".to_owned(),
            Self::Firing { alerts: 1, .. } => "Firing".to_owned(),
            Self::Firing { alerts, .. } => format!("Firing, {alerts} times"),
        }
    }
}

/// How bad an alert of a severity is.
pub fn severity_state(severity: Severity) -> State {
    match severity {
        Severity::Info => State::Unknown,
        Severity::Warning => State::Degraded,
        Severity::Critical => State::Down,
    }
}

/// Rules in the order in which they need somebody: those that fire first, the worst and the oldest before the others.
pub fn by_need(rules: &mut [Rule], open: &[Alert]) {
    rules.sort_by_cached_key(|rule| match standing(rule, open) {
        Standing::Firing {
            since, severity, ..
        } => (
            0,
            std::cmp::Reverse(Some(severity)),
            Some(since),
            rule.spec.name.clone(),
        ),
        Standing::Quiet => (1, std::cmp::Reverse(None), None, rule.spec.name.clone()),
        Standing::Muted => (2, std::cmp::Reverse(None), None, rule.spec.name.clone()),
    });
}

/// The rule of that id.
pub fn find(rules: &[Rule], id: RuleId) -> Option<&Rule> {
    rules.iter().find(|rule| rule.id == id)
}

/// "host=web-1, device=sda"
pub fn group(labels: &Labels) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(", ")
}

fn selection(selector: &Selector) -> String {
    let mut words = selector.metric.clone();
    let matchers: Vec<String> = selector.matchers.iter().map(ToString::to_string).collect();
    if !matchers.is_empty() {
        words += " where ";
        words += &matchers.join(" and ");
    }
    if !selector.group_by.is_empty() {
        words += ", for each ";
        words += &selector.group_by.join(" and ");
        words += ",";
    }
    words
}

fn aggregate(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::None | Aggregate::Avg => "the average",
        Aggregate::Min => "the minimum",
        Aggregate::Max => "the maximum",
        Aggregate::Sum => "the sum",
        Aggregate::Count => "the number",
        Aggregate::Rate => "the rate per second",
        Aggregate::P50 => "the median",
        Aggregate::P95 => "p95",
        Aggregate::P99 => "p99",
    }
}

fn class(class: AnswerClass) -> &'static str {
    match class {
        AnswerClass::ClientError => "answers of class 4xx",
        AnswerClass::ServerError => "answers of class 5xx",
        AnswerClass::Failure => "failed checks",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const ID: &str = "01900000-0000-7000-8000-000000000000";

    pub(crate) fn rule(name: &str, condition: &str) -> Rule {
        let text =
            format!(r#"{{"id":"{ID}","tenant":"{ID}","revision":1,"name":"{name}",{condition}}}"#);
        serde_json::from_str(&text).expect("a rule")
    }

    pub(crate) fn alert(rule: RuleId, since: &str) -> Alert {
        let text = format!(
            r#"{{"id":"{ID}","rule":"{rule}","rule_name":"Hot","severity":"warning","labels":{{"host":"a"}},"monitor":null,
            "value":93.2,"reason":"avg of cpu over 5 min is 93.2, above 90","started_at":"{since}","opened_at":"{since}",
            "resolved_at":null,"resolved_reason":null,"reminders":0}}"#
        );
        serde_json::from_str(&text).expect("an alert")
    }

    fn said(condition: &str) -> String {
        let rule = rule("x", condition);
        sentence(&rule.spec.condition, |_| "API".to_owned())
    }

    #[test]
    fn every_kind_is_said_in_a_sentence() {
        let monitor = format!(r#""monitor":"{ID}""#);
        for (condition, expected) in [
            (
                r#""kind":"threshold","metric":"cpu","match":["host=a"],"group_by":["core"],"window_s":300,"operator":">","value":90"#.to_owned(),
                "the average of cpu where host=a, for each core, over 5 min is above 90",
            ),
            (
                r#""kind":"no_data","metric":"cpu","silent_s":90"#.to_owned(),
                "no sample of cpu for 90 s",
            ),
            (
                format!(r#""kind":"failing_answers",{monitor},"more_than":3,"window_s":300"#),
                "more than 3 answers of class 5xx of API in 5 min",
            ),
            (
                format!(r#""kind":"monitor_state",{monitor},"states":["down","unknown"]"#),
                "API is down or unknown",
            ),
            (
                format!(r#""kind":"latency",{monitor},"window_s":60,"above_ms":300"#),
                "p95 of the total time of API over 1 min is above 300 ms",
            ),
            (
                format!(r#""kind":"certificate_expiry",{monitor},"within_days":1"#),
                "the certificate of API expires within 1 day",
            ),
        ] {
            assert_eq!(said(&condition), expected);
        }
    }

    #[test]
    fn a_rule_stands_by_its_open_alerts() {
        let mut quiet = rule("quiet", r#""kind":"no_data","metric":"cpu","silent_s":90"#);
        let since = "2026-11-20T10:00:00Z";
        let open = [alert(quiet.id, since)];
        let firing = standing(&quiet, &open);
        assert_eq!(
            (firing.state(), firing.word()),
            (State::Degraded, "Firing".to_owned())
        );
        assert_eq!(standing(&quiet, &[]), Standing::Quiet);
        quiet.spec.paused = true;
        assert_eq!(standing(&quiet, &[]).word(), "Muted");
    }
}
