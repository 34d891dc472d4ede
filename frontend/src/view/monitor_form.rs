//! A monitor as typed, read into what is watched, and written back to be changed.

mod kind;

use contract::id::Region;
use contract::monitor::{Check, Spec};
use contract::problem::FieldError;
use serde::{Deserialize, Serialize};

use crate::view::address::without_user;
use crate::view::form::{Reader, filled};

/// Every field is text, as browsers send it without a script; those of other kinds are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MonitorForm {
    pub name: String,
    pub group: String,
    pub kind: String,
    pub target: String,
    // Of kind `http`.
    pub method: String,
    /// `name: value`, one a line.
    pub headers: String,
    pub body: String,
    /// Present when ticked.
    pub follow_redirects: Option<String>,
    // Of kind `tcp`.
    pub send: String,
    pub expect: String,
    // Of kind `dns`.
    pub record: String,
    pub resolver: String,
    pub transport: String,
    // Of kind `tls`.
    pub server_name: String,
    pub min_days_left: String,
    // Of kinds `http` and `tls`; present when ticked.
    pub insecure: Option<String>,
    // Of kind `icmp`.
    pub count: String,
    // Of kind `heartbeat`.
    pub grace_s: String,
    // Of all kinds.
    pub interval_s: String,
    pub timeout_ms: String,
    pub degraded_ms: String,
    /// One a line.
    pub conditions: String,
    pub failure_threshold: String,
    pub success_threshold: String,
    pub regions: Vec<String>,
    /// Present when ticked.
    pub public: Option<String>,
}

/// The kinds of monitors as they stand in a form, and as people read them.
pub const KINDS: [(&str, &str); 6] = [
    ("http", "HTTP request"),
    ("tcp", "TCP connection"),
    ("dns", "DNS question"),
    ("tls", "TLS certificate"),
    ("icmp", "Ping"),
    ("heartbeat", "Heartbeat"),
];

impl Default for MonitorForm {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            name: String::new(),
            group: String::new(),
            kind: text("http"),
            target: String::new(),
            method: text("GET"),
            headers: String::new(),
            body: String::new(),
            follow_redirects: None,
            send: String::new(),
            expect: String::new(),
            record: text("A"),
            resolver: String::new(),
            transport: text("udp"),
            server_name: String::new(),
            min_days_left: String::new(),
            insecure: None,
            count: text("1"),
            grace_s: text("1 min"),
            interval_s: text("60"),
            timeout_ms: text("10000"),
            degraded_ms: String::new(),
            conditions: String::new(),
            failure_threshold: text("2"),
            success_threshold: text("1"),
            regions: vec![],
            public: None,
        }
    }
}

impl MonitorForm {
    /// What an empty form proposes.
    pub fn fresh(regions: &[Region]) -> Self {
        let on = || Some("on".to_owned());
        Self {
            follow_redirects: on(),
            public: on(),
            regions: regions.iter().map(ToString::to_string).collect(),
            ..Self::default()
        }
    }

    /// The monitor it describes, or all that cannot be read. What the form does not ask for stays as it is `known`; the rules
    /// of a monitor itself are checked by the store.
    pub fn read(&self, known: Option<&Spec>) -> Result<Spec, Vec<FieldError>> {
        let mut reader = Reader::default();
        let kind = self.kind(&mut reader, known.map(|spec| &spec.check.kind));
        let degraded = filled(&self.degraded_ms);
        let (interval_s, timeout_ms, degraded_ms) = (
            reader.whole("interval_s", &self.interval_s),
            reader.whole("timeout_ms", &self.timeout_ms),
            degraded.map(|text| reader.whole("degraded_ms", &text)),
        );
        let (failure_threshold, success_threshold) = (
            reader.whole("failure_threshold", &self.failure_threshold),
            reader.whole("success_threshold", &self.success_threshold),
        );
        let regions = self.regions(&mut reader);
        let spec = kind.map(|kind| Spec {
            name: self.name.trim().to_owned(),
            group: filled(&self.group),
            check: Check {
                kind,
                interval_s,
                timeout_ms,
                conditions: self.conditions.lines().filter_map(filled).collect(),
                degraded_ms,
            },
            regions,
            failure_threshold,
            success_threshold,
            public: self.public.is_some(),
            paused: known.is_some_and(|spec| spec.paused),
        });
        reader.done(spec)
    }

    /// The form as it was refused, with what never comes back in an address as it is `known`.
    #[must_use]
    pub fn completed(self, known: &Spec) -> Self {
        let saved = Self::from(known);
        let same = self.target == without_user(&saved.target);
        Self {
            target: if same { saved.target } else { self.target },
            headers: saved.headers,
            body: saved.body,
            send: saved.send,
            ..self
        }
    }

    fn regions(&self, reader: &mut Reader) -> Vec<Region> {
        if self.kind == "heartbeat" {
            return vec![];
        }
        if self.regions.is_empty() {
            reader.wrong("regions", "choose at least one region");
        }
        let regions = self.regions.iter().filter_map(|text| {
            let reason = format!("there is no region {text}");
            reader.parsed("regions", text, &reason)
        });
        regions.collect()
    }
}

impl From<&Spec> for MonitorForm {
    fn from(spec: &Spec) -> Self {
        let check = &spec.check;
        Self {
            name: spec.name.clone(),
            group: spec.group.clone().unwrap_or_default(),
            target: check.target().to_owned(),
            interval_s: check.interval_s.to_string(),
            timeout_ms: check.timeout_ms.to_string(),
            degraded_ms: check
                .degraded_ms
                .map(|ms| ms.to_string())
                .unwrap_or_default(),
            conditions: check.conditions.join("\n"),
            failure_threshold: spec.failure_threshold.to_string(),
            success_threshold: spec.success_threshold.to_string(),
            regions: spec.regions.iter().map(ToString::to_string).collect(),
            public: ticked(spec.public),
            ..Self::of(&check.kind)
        }
    }
}

fn ticked(on: bool) -> Option<String> {
    on.then(|| "on".to_owned())
}

/// Where in which condition the mistake is that an error tells of: its line, counted from 0, and its column, from 1.
pub fn mistake(reason: &str) -> Option<(usize, usize)> {
    let rest = reason.strip_prefix("condition ")?;
    let (line, rest) = rest.split_once(", character ")?;
    let (column, _) = rest.split_once(':')?;
    Some((
        line.parse::<usize>().ok()?.checked_sub(1)?,
        column.parse().ok()?,
    ))
}

/// The condition with the mistake, and below it an arrow that points at the character.
pub fn pointed(conditions: &str, reason: &str) -> Option<(String, String)> {
    let (line, column) = mistake(reason)?;
    let mut written = conditions.lines().filter_map(filled);
    let text = written.nth(line)?;
    Some((text, format!("{}^", " ".repeat(column.saturating_sub(1)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(kind: &str, target: &str) -> MonitorForm {
        MonitorForm {
            name: " API ".to_owned(),
            kind: kind.to_owned(),
            target: format!(" {target} "),
            ..MonitorForm::fresh(&["eu-central".parse().expect("a region")])
        }
    }

    #[test]
    fn a_filled_form_is_a_monitor() {
        let form = MonitorForm {
            conditions: "[STATUS] == 200\r\n\r\n[RESPONSE_TIME] < 300".to_owned(),
            headers: "X-Api-Key: a:b\n\nAccept: text/html".to_owned(),
            ..form("http", "https://example.com/health")
        };
        let spec = form.read(None).expect("readable");
        assert_eq!((spec.name.as_str(), spec.check.interval_s), ("API", 60));
        assert_eq!(
            spec.check.conditions,
            ["[STATUS] == 200", "[RESPONSE_TIME] < 300"]
        );
        assert!(spec.public && spec.group.is_none() && spec.check.degraded_ms.is_none());
        let text = serde_json::to_value(&spec).expect("JSON");
        assert_eq!(text["headers"]["X-Api-Key"], "a:b");
        assert_eq!(text["follow_redirects"], true);
    }

    #[test]
    fn a_form_of_every_kind_reads_back_as_the_same_monitor() {
        for (kind, target) in [
            ("http", "https://example.com"),
            ("tcp", "example.com:22"),
            ("dns", "example.com"),
            ("tls", "example.com:443"),
            ("icmp", "example.com"),
            ("heartbeat", ""),
        ] {
            let form = MonitorForm {
                send: "PING\n".to_owned(),
                record: "MX".to_owned(),
                resolver: "192.0.2.1:53".to_owned(),
                server_name: "www.example.com".to_owned(),
                min_days_left: "14".to_owned(),
                grace_s: "1 h".to_owned(),
                ..form(kind, target)
            };
            let spec = form.read(None).expect("readable");
            assert_eq!(
                (spec.check.kind.as_str(), spec.check.target()),
                (kind, target)
            );
            let again = MonitorForm::from(&spec).read(Some(&spec));
            assert_eq!(again.expect("readable"), spec, "{kind}");
        }
    }

    #[test]
    fn what_the_form_does_not_ask_for_is_kept() {
        let known: Spec = serde_json::from_str(
            r#"{"name":"API","target":"https://example.com","auth":{"bearer":{"token":"t"}},"paused":true,"regions":["a"]}"#,
        )
        .expect("a monitor");
        let changed = MonitorForm {
            name: "Public API".to_owned(),
            ..MonitorForm::from(&known)
        };
        let spec = changed.read(Some(&known)).expect("readable");
        assert_eq!(
            spec,
            Spec {
                name: "Public API".to_owned(),
                ..known
            }
        );
    }

    #[test]
    fn a_refused_form_is_completed_by_what_is_known() {
        let known = MonitorForm {
            headers: "X-Api-Key: k".to_owned(),
            body: "ping".to_owned(),
            ..form("http", "https://ann:secret@example.com")
        };
        let known = known.read(None).expect("readable");
        let refused = |target: &str| {
            let form = MonitorForm {
                target: target.to_owned(),
                name: "Public API".to_owned(),
                headers: String::new(),
                body: String::new(),
                ..MonitorForm::from(&known)
            };
            form.completed(&known)
        };
        let form = refused("https://example.com");
        assert_eq!(form.target, "https://ann:secret@example.com");
        assert_eq!(
            (
                form.name.as_str(),
                form.headers.as_str(),
                form.body.as_str()
            ),
            ("Public API", "X-Api-Key: k", "ping")
        );
        let elsewhere = refused("https://example.org");
        assert_eq!(elsewhere.target, "https://example.org");
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let wrong = MonitorForm {
            interval_s: "often".to_owned(),
            degraded_ms: "-1".to_owned(),
            headers: "no colon".to_owned(),
            regions: vec![],
            ..form("http", "https://example.com")
        };
        let errors = wrong.read(None).expect_err("unreadable");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["headers", "interval_s", "degraded_ms", "regions"]);
        let errors = form("smoke", "x").read(None).expect_err("unreadable");
        assert_eq!(errors[0].field, "kind");
    }

    #[test]
    fn a_mistake_is_pointed_at() {
        let reason = "condition 2, character 10: expected an operator";
        assert_eq!(mistake(reason), Some((1, 10)));
        let (line, arrow) = pointed("a == b\n\n[STATUS] = 200", reason).expect("a mistake");
        assert_eq!(
            (line.as_str(), arrow.as_str()),
            ("[STATUS] = 200", "         ^")
        );
        assert_eq!(pointed("", "at most 16 conditions"), None);
    }
}
