//! What is sent to a target, and what must come back.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::condition;

mod heartbeat;

/// Intervals that divide a minute, an hour or a day, in seconds: those a cron schedule can express.
pub const INTERVALS_S: [u32; 21] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800,
    21_600, 43_200, 86_400,
];

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Http,
    /// Passive: the target itself tells that it lives, by pings to ingress.
    Heartbeat,
}

/// What is sent, and what must come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[validate(schema(function = of_kind, skip_on_field_errors = false))]
pub struct Check {
    #[serde(default)]
    pub kind: Kind,
    /// For `http`: an absolute `http` or `https` URL. Empty for `heartbeat`.
    #[serde(default)]
    pub target: String,
    #[serde(default = "default_method")]
    #[validate(custom(function = method))]
    pub method: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[validate(length(max = 32, message = "at most 32 headers"))]
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 65_536, message = "at most 64 KiB"))]
    pub body: Option<String>,
    #[serde(default = "default_true")]
    pub follow_redirects: bool,
    /// How often each region looks, or a ping is expected; one of [`INTERVALS_S`].
    #[serde(default = "default_interval")]
    #[validate(custom(function = interval))]
    pub interval_s: u32,
    /// The whole check ends within this time.
    #[serde(default = "default_timeout")]
    #[validate(range(min = 100, max = 60_000, message = "between 100 and 60 000 ms"))]
    pub timeout_ms: u32,
    /// In Gatus' notation; empty means `[STATUS] < 400`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(
        length(max = 16, message = "at most 16 conditions"),
        custom(function = condition::validate)
    )]
    pub conditions: Vec<String>,
    /// A success slower than this counts as degraded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded_ms: Option<u32>,
    /// Sends `traceparent` to the target, so that its own trace joins ours.
    #[serde(default)]
    pub propagate_trace: bool,
    /// For `heartbeat`: how much later than expected a ping may come, and how long a run may take after its start; [`DEFAULT_GRACE_S`]
    /// where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 604_800, message = "between 1 s and 7 days"))]
    pub grace_s: Option<u32>,
}

/// How much later than expected a ping may come where its monitor does not say.
pub const DEFAULT_GRACE_S: u32 = 60;

impl Check {
    /// How much later than expected a ping may come.
    pub fn grace_s(&self) -> u32 {
        self.grace_s.unwrap_or(DEFAULT_GRACE_S)
    }
}

/// What depends on the kind.
fn of_kind(check: &Check) -> Result<(), ValidationError> {
    match check.kind {
        Kind::Http => target(&check.target),
        Kind::Heartbeat => heartbeat::validate(check),
    }
    .map_err(|error| of_field(error, "target"))
}

/// A rule that joins several fields names the one that is to blame.
pub(super) fn of_field(mut error: ValidationError, field: &'static str) -> ValidationError {
    error.add_param("field".into(), &field);
    error
}

fn default_method() -> String {
    "GET".to_owned()
}

fn default_true() -> bool {
    true
}

fn default_interval() -> u32 {
    60
}

fn default_timeout() -> u32 {
    10_000
}

fn target(target: &str) -> Result<(), ValidationError> {
    let rest = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("http://"));
    match rest {
        _ if target.len() > 2_048 => Err(broken("at most 2 048 characters")),
        Some(rest)
            if !rest.is_empty()
                && !rest.starts_with('/')
                && !target.contains(|c: char| c.is_whitespace() || c.is_control()) =>
        {
            Ok(())
        }
        _ => Err(broken(
            "must be an absolute http or https URL, such as https://example.com/health",
        )),
    }
}

fn method(method: &str) -> Result<(), ValidationError> {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => Ok(()),
        _ => Err(broken(
            "must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
        )),
    }
}

fn interval(seconds: u32) -> Result<(), ValidationError> {
    if INTERVALS_S.contains(&seconds) {
        Ok(())
    } else {
        Err(broken(
            "must divide a minute, an hour or a day: 1, 2, 5, 10, 15, 20, 30 s; 1, 2, 3, 5, 10, 15, 20, 30 min; 1, 2, 3, 6, 12, 24 h",
        ))
    }
}

pub(super) fn broken(message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new("rule").with_message(message.into())
}
