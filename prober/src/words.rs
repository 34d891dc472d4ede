//! A report for people and for programs.

use contract::probe::{Reason, Timings};
use serde_json::{Map, Value, json};

use crate::check::Report;

/// Colours, where somebody sees them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    pub(crate) fn new(on: bool) -> Self {
        Self(on)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(crate) fn quiet(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        // What a target said may be in it, and must not command the terminal.
        let text: String = text
            .chars()
            .map(|c| if c.is_control() { '·' } else { c })
            .collect();
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text
        }
    }
}

/// The phases that were reached, by name, in milliseconds.
pub(crate) fn named(timings: &Timings) -> Vec<(&'static str, f64)> {
    let all = [
        ("dns", timings.dns_lookup_ms),
        ("connect", timings.tcp_connect_ms),
        ("tls", timings.tls_handshake_ms),
        ("first byte", timings.time_to_first_byte_ms),
        ("transfer", timings.transfer_ms),
    ];
    all.into_iter()
        .filter_map(|(name, took)| Some((name, took?)))
        .collect()
}

/// "dns 1.2 · connect 3.4 · first byte 20.1".
pub(crate) fn phases(timings: &Timings) -> String {
    let told = named(timings)
        .into_iter()
        .map(|(name, took)| format!("{name} {took:.1}"));
    told.collect::<Vec<_>>().join(" · ")
}

/// As JSON, with the fields that a stored result has.
pub(crate) fn result(report: &Report) -> Map<String, Value> {
    let mut fields = json!({
        "outcome": report.outcome,
        "reason": report.reason.map(Reason::as_str),
        "message": report.message,
        "status_code": report.status_code,
        "hops": report.hops,
        "certificate": report.certificate,
    });
    let timings = json!(report.timings);
    match (fields.as_object_mut(), timings) {
        (Some(fields), Value::Object(timings)) => {
            fields.extend(timings);
            std::mem::take(fields)
        }
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_cannot_command_the_terminal() {
        assert_eq!(Paint::new(true).bad("a\x1b[2Jb"), "\x1b[31ma·[2Jb\x1b[0m");
        assert_eq!(Paint::new(false).quiet("a\nb"), "a·b");
    }

    #[test]
    fn a_report_has_the_fields_of_a_result() {
        let report = Report {
            timings: Timings {
                dns_lookup_ms: Some(1.25),
                total_time_ms: Some(3.0),
                ..Timings::default()
            },
            ..Report::default()
        };
        assert_eq!(phases(&report.timings), "dns 1.2");
        let fields = result(&report);
        assert_eq!(fields["outcome"], "missed");
        assert_eq!(fields["dns_lookup_ms"], 1.25);
    }
}
