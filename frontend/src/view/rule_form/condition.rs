//! The part of a rule's form that differs by kind, in both directions.

use contract::id::MonitorId;
use contract::monitor::State;
use contract::probe::Phase;
use contract::query::{Aggregate, Matcher};
use contract::rule::{
    AnswerClass, CertificateExpiry, Condition, FailingAnswers, Latency, MonitorState, NoData,
    Operator, Selector, Threshold,
};

use super::{RuleForm, kind_of};
use crate::view::form::{Reader, filled, listed};
use crate::view::span;

pub(super) const AGGREGATES: [(Aggregate, &str); 9] = [
    (Aggregate::Avg, "avg"),
    (Aggregate::Min, "min"),
    (Aggregate::Max, "max"),
    (Aggregate::Sum, "sum"),
    (Aggregate::Count, "count"),
    (Aggregate::Rate, "rate"),
    (Aggregate::P50, "p50"),
    (Aggregate::P95, "p95"),
    (Aggregate::P99, "p99"),
];
const OPERATORS: [(Operator, &str); 4] = [
    (Operator::Above, ">"),
    (Operator::AtLeast, ">="),
    (Operator::Below, "<"),
    (Operator::AtMost, "<="),
];
const CLASSES: [(AnswerClass, &str); 3] = [
    (AnswerClass::ServerError, "5xx"),
    (AnswerClass::ClientError, "4xx"),
    (AnswerClass::Failure, "failure"),
];
const STATES: [(State, &str); 3] = [
    (State::Down, "down"),
    (State::Degraded, "degraded"),
    (State::Unknown, "unknown"),
];
const PHASES: [(Phase, &str); 6] = [
    (Phase::TotalTime, "total_time"),
    (Phase::DnsLookup, "dns_lookup"),
    (Phase::TcpConnect, "tcp_connect"),
    (Phase::TlsHandshake, "tls_handshake"),
    (Phase::TimeToFirstByte, "time_to_first_byte"),
    (Phase::Transfer, "transfer"),
];

impl RuleForm {
    pub(super) fn condition(&self, reader: &mut Reader) -> Option<Condition> {
        match self.kind.as_str() {
            "threshold" => self.threshold(reader).map(Condition::Threshold),
            "no_data" => Some(Condition::NoData(NoData {
                selector: self.selector(reader),
                silent_s: reader.seconds("silent_s", &self.silent_s),
            })),
            "failing_answers" => self.failing_answers(reader).map(Condition::FailingAnswers),
            "monitor_state" => self.monitor_state(reader).map(Condition::MonitorState),
            "latency" => self.latency(reader).map(Condition::Latency),
            "certificate_expiry" => {
                let within_days = reader.whole("within_days", &self.within_days);
                let monitor = self.monitor(reader)?;
                let expiry = CertificateExpiry {
                    monitor,
                    within_days,
                };
                Some(Condition::CertificateExpiry(expiry))
            }
            other => {
                reader.wrong("kind", format!("there is no kind {other}"));
                None
            }
        }
    }

    fn selector(&self, reader: &mut Reader) -> Selector {
        let matchers = listed(&self.matchers).filter_map(|text| {
            let reason = format!("{text:?} is no condition: write name=value or name!=value");
            reader.parsed::<Matcher>("match", text, &reason)
        });
        Selector {
            metric: self.metric.trim().to_owned(),
            matchers: matchers.collect(),
            group_by: listed(&self.group_by).map(str::to_owned).collect(),
        }
    }

    fn threshold(&self, reader: &mut Reader) -> Option<Threshold> {
        let aggregate = reader.one_of("aggregate", &self.aggregate, &AGGREGATES);
        let operator = reader.one_of("operator", &self.operator, &OPERATORS);
        let recovery = filled(&self.recover_at);
        let (selector, window_s, value, recover_at) = (
            self.selector(reader),
            reader.seconds("window_s", &self.window_s),
            reader.number("value", &self.value),
            recovery.map(|text| reader.number("recover_at", &text)),
        );
        Some(Threshold {
            selector,
            aggregate: aggregate?,
            window_s,
            operator: operator?,
            value,
            recover_at,
        })
    }

    fn failing_answers(&self, reader: &mut Reader) -> Option<FailingAnswers> {
        let class = reader.one_of("class", &self.class, &CLASSES);
        let more_than = reader.whole("more_than", &self.more_than);
        let window_s = reader.seconds("window_s", &self.window_s);
        Some(FailingAnswers {
            monitor: self.monitor(reader)?,
            class: class?,
            more_than,
            window_s,
        })
    }

    fn monitor_state(&self, reader: &mut Reader) -> Option<MonitorState> {
        let states = self.states.iter();
        let states = states.filter_map(|text| reader.one_of("states", text, &STATES));
        let states = states.collect();
        Some(MonitorState {
            monitor: self.monitor(reader)?,
            states,
        })
    }

    fn latency(&self, reader: &mut Reader) -> Option<Latency> {
        let phase = reader.one_of("phase", &self.phase, &PHASES);
        let recovery = filled(&self.recover_at_ms);
        let (percentile, window_s, above_ms, recover_at_ms) = (
            reader.number("percentile", &self.percentile),
            reader.seconds("window_s", &self.window_s),
            reader.number("above_ms", &self.above_ms),
            recovery.map(|text| reader.number("recover_at_ms", &text)),
        );
        Some(Latency {
            monitor: self.monitor(reader)?,
            phase: phase?,
            percentile,
            window_s,
            above_ms,
            recover_at_ms,
        })
    }

    fn monitor(&self, reader: &mut Reader) -> Option<MonitorId> {
        reader.parsed("monitor", &self.monitor, "choose a monitor")
    }

    /// The form of a condition, without what all kinds have in common.
    pub(super) fn of(condition: &Condition) -> Self {
        let empty = Self {
            kind: kind_of(condition).to_owned(),
            monitor: condition
                .monitor()
                .map(|id| id.to_string())
                .unwrap_or_default(),
            ..Self::default()
        };
        match condition {
            Condition::Threshold(threshold) => Self {
                aggregate: name(threshold.aggregate, &AGGREGATES),
                operator: name(threshold.operator, &OPERATORS),
                value: threshold.value.to_string(),
                recover_at: optional(threshold.recover_at),
                window_s: span::write(threshold.window_s),
                ..empty.selecting(&threshold.selector)
            },
            Condition::NoData(silence) => Self {
                silent_s: span::write(silence.silent_s),
                ..empty.selecting(&silence.selector)
            },
            Condition::FailingAnswers(failing) => Self {
                class: name(failing.class, &CLASSES),
                more_than: failing.more_than.to_string(),
                window_s: span::write(failing.window_s),
                ..empty
            },
            Condition::MonitorState(of) => Self {
                states: of.states.iter().map(|it| it.as_str().to_owned()).collect(),
                ..empty
            },
            Condition::Latency(latency) => Self {
                phase: name(latency.phase, &PHASES),
                percentile: latency.percentile.to_string(),
                window_s: span::write(latency.window_s),
                above_ms: latency.above_ms.to_string(),
                recover_at_ms: optional(latency.recover_at_ms),
                ..empty
            },
            Condition::CertificateExpiry(expiry) => Self {
                within_days: expiry.within_days.to_string(),
                ..empty
            },
        }
    }

    fn selecting(self, selector: &Selector) -> Self {
        let matchers: Vec<String> = selector.matchers.iter().map(Matcher::to_string).collect();
        Self {
            metric: selector.metric.clone(),
            matchers: matchers.join(", "),
            group_by: selector.group_by.join(", "),
            ..self
        }
    }
}

fn name<T: Copy + PartialEq>(one: T, all: &[(T, &str)]) -> String {
    let found = all.iter().find(|(known, _)| *known == one);
    found.map_or_else(String::new, |(_, name)| (*name).to_owned())
}

fn optional(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
