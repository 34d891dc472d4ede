//! Forms: what was typed, read into what it means, with an error beside each field that cannot be read.

use contract::monitor::check::dns::Record;
use contract::monitor::check::{Dns, Http, Icmp, Tcp, Tls};
use contract::monitor::{Check, Kind, Spec};
use contract::problem::FieldError;
use serde::{Deserialize, Serialize};

/// A monitor as typed. Every field is text, as browsers send it without a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MonitorForm {
    pub name: String,
    pub group: String,
    pub kind: String,
    pub target: String,
    /// Of kind `http`.
    pub method: String,
    /// Of kind `dns`.
    pub record: String,
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

impl Default for MonitorForm {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            name: String::new(),
            group: String::new(),
            kind: text("http"),
            target: String::new(),
            method: text("GET"),
            record: text("A"),
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
    /// The monitor it describes, or all that cannot be read. The rules of a monitor itself are checked by the store.
    pub fn read(&self) -> Result<Spec, Vec<FieldError>> {
        let mut errors = vec![];
        let spec = Spec {
            name: self.name.trim().to_owned(),
            group: filled(&self.group),
            check: self.check(&mut errors),
            regions: self.regions(&mut errors),
            failure_threshold: whole(&mut errors, "failure_threshold", &self.failure_threshold),
            success_threshold: whole(&mut errors, "success_threshold", &self.success_threshold),
            public: self.public.is_some(),
            paused: false,
        };
        if errors.is_empty() {
            Ok(spec)
        } else {
            Err(errors)
        }
    }

    fn check(&self, errors: &mut Vec<FieldError>) -> Check {
        let conditions = self.conditions.lines().filter_map(filled).collect();
        let degraded = filled(&self.degraded_ms);
        Check {
            kind: self.kind(errors),
            interval_s: whole(errors, "interval_s", &self.interval_s),
            timeout_ms: whole(errors, "timeout_ms", &self.timeout_ms),
            conditions,
            degraded_ms: degraded.map(|text| whole(errors, "degraded_ms", &text)),
        }
    }

    fn kind(&self, errors: &mut Vec<FieldError>) -> Kind {
        let target = self.target.trim().to_owned();
        match self.kind.as_str() {
            "http" => Http {
                target,
                method: self.method.clone(),
                ..Http::default()
            }
            .into(),
            "tcp" => Tcp {
                target,
                ..Tcp::default()
            }
            .into(),
            "dns" => Dns {
                target,
                record: self.record(errors),
                ..Dns::default()
            }
            .into(),
            "tls" => Tls {
                target,
                ..Tls::default()
            }
            .into(),
            "icmp" => Icmp {
                target,
                ..Icmp::default()
            }
            .into(),
            other => {
                errors.push(FieldError::new("kind", format!("there is no kind {other}")));
                Http::default().into()
            }
        }
    }

    fn record(&self, errors: &mut Vec<FieldError>) -> Record {
        let known = Record::ALL
            .into_iter()
            .find(|it| it.as_str() == self.record);
        known.unwrap_or_else(|| {
            let message = format!("there is no record type {}", self.record);
            errors.push(FieldError::new("record", message));
            Record::default()
        })
    }

    fn regions(&self, errors: &mut Vec<FieldError>) -> Vec<contract::id::Region> {
        if self.regions.is_empty() {
            errors.push(FieldError::new("regions", "choose at least one region"));
        }
        let mut read = vec![];
        for text in &self.regions {
            match text.parse() {
                Ok(region) => read.push(region),
                Err(_) => errors.push(FieldError::new(
                    "regions",
                    format!("there is no region {text}"),
                )),
            }
        }
        read
    }
}

/// The error of a field, whether it is named by itself or by its path ("check.target").
pub fn error_of<'a>(errors: &'a [FieldError], field: &str) -> Option<&'a str> {
    errors
        .iter()
        .find(|error| error.field.rsplit('.').next() == Some(field))
        .map(|error| error.reason.as_str())
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn whole(errors: &mut Vec<FieldError>, field: &str, text: &str) -> u32 {
    text.trim().parse().unwrap_or_else(|_| {
        errors.push(FieldError::new(field, "write a whole number, such as 30"));
        0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_form_is_a_monitor() {
        let form = MonitorForm {
            name: " API ".to_owned(),
            target: "https://example.com/health".to_owned(),
            regions: vec!["eu-central".to_owned()],
            conditions: "[STATUS] == 200\r\n\r\n[RESPONSE_TIME] < 300".to_owned(),
            public: Some("on".to_owned()),
            ..MonitorForm::default()
        };
        let spec = form.read().expect("readable");
        assert_eq!((spec.name.as_str(), spec.check.interval_s), ("API", 60));
        assert_eq!(
            spec.check.conditions,
            ["[STATUS] == 200", "[RESPONSE_TIME] < 300"]
        );
        assert!(spec.public && spec.group.is_none() && spec.check.degraded_ms.is_none());
    }

    #[test]
    fn a_form_can_be_of_any_kind_that_looks() {
        for (kind, target) in [
            ("http", "https://example.com"),
            ("tcp", "example.com:22"),
            ("dns", "example.com"),
            ("tls", "example.com:443"),
            ("icmp", "example.com"),
        ] {
            let form = MonitorForm {
                kind: kind.to_owned(),
                target: format!(" {target} "),
                record: "MX".to_owned(),
                regions: vec!["eu-central".to_owned()],
                ..MonitorForm::default()
            };
            let check = form.read().expect("readable").check;
            assert_eq!((check.kind.as_str(), check.target()), (kind, target));
        }
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let form = MonitorForm {
            kind: "smoke".to_owned(),
            interval_s: "often".to_owned(),
            degraded_ms: "-1".to_owned(),
            ..MonitorForm::default()
        };
        let errors = form.read().expect_err("unreadable");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["kind", "interval_s", "degraded_ms", "regions"]);
    }

    #[test]
    fn an_error_is_found_by_the_last_part_of_its_path() {
        let errors = [FieldError::new("spec.check.target", "must be a URL")];
        assert_eq!(error_of(&errors, "target"), Some("must be a URL"));
        assert_eq!(error_of(&errors, "name"), None);
    }
}
