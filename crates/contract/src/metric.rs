//! Samples: as pushed, as judged, and as they travel in METRICS.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

/// Most labels one sample may have.
pub const MAX_LABELS: usize = 64;
/// Longest metric or label name, in bytes.
pub const MAX_NAME_BYTES: usize = 256;
/// Longest label value, in bytes.
pub const MAX_LABEL_VALUE_BYTES: usize = 1_024;
/// Longest unit, in bytes (UCUM, such as `By` or `s`).
pub const MAX_UNIT_BYTES: usize = 63;

/// Label names and values of a series, in the order of their names.
pub type Labels = BTreeMap<String, String>;

/// What the values of a series mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A value that goes up and down.
    #[default]
    Gauge,
    /// A value that only grows, or starts again at zero.
    Counter,
}

/// One sample as outside services push it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PushedSample {
    /// `[a-zA-Z_:][a-zA-Z0-9_:.]*`
    #[validate(custom(function = metric_name))]
    pub name: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[validate(custom(function = labels))]
    pub labels: Labels,
    #[validate(custom(function = finite))]
    pub value: f64,
    /// Unix milliseconds; the time of arrival where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<i64>,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = unit_code))]
    pub unit: Option<String>,
}

/// The answer to a push that was taken, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub accepted: usize,
    pub rejected: Vec<RejectedSample>,
}

/// A sample that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedSample {
    pub index: usize,
    pub field: String,
    pub reason: String,
}

/// What one METRICS message carries: samples of one tenant, grouped by series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// When ingress took it, Unix milliseconds.
    pub received_ms: i64,
    pub series: Vec<Series>,
}

impl Batch {
    pub fn sample_count(&self) -> usize {
        self.series.iter().map(|series| series.points.len()).sum()
    }
}

/// Consecutive points of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub name: String,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub unit: Option<String>,
    /// (Unix milliseconds, value); values are finite.
    pub points: Vec<(i64, f64)>,
}

/// A metric's name follows `[a-zA-Z_:][a-zA-Z0-9_:.]*` and is at most [`MAX_NAME_BYTES`] long.
pub fn metric_name(name: &str) -> Result<(), ValidationError> {
    let first = |b: u8| b.is_ascii_alphabetic() || b == b'_' || b == b':';
    let rest = |b: u8| first(b) || b.is_ascii_digit() || b == b'.';
    if name.len() > MAX_NAME_BYTES {
        return Err(broken(
            "length",
            format!("is longer than {MAX_NAME_BYTES} bytes"),
        ));
    }
    match name.as_bytes() {
        [head, tail @ ..] if first(*head) && tail.iter().copied().all(rest) => Ok(()),
        _ => Err(broken("name", "must match [a-zA-Z_:][a-zA-Z0-9_:.]*")),
    }
}

fn labels(labels: &Labels) -> Result<(), ValidationError> {
    if labels.len() > MAX_LABELS {
        return Err(broken(
            "count",
            format!(
                "has {} labels; at most {MAX_LABELS} are allowed",
                labels.len()
            ),
        ));
    }
    for (name, value) in labels {
        metric_name(name)?;
        if value.len() > MAX_LABEL_VALUE_BYTES {
            return Err(broken(
                "length",
                format!("the value of `{name}` is longer than {MAX_LABEL_VALUE_BYTES} bytes"),
            ));
        }
        if value.contains('\0') {
            return Err(broken(
                "nul",
                format!("the value of `{name}` contains a NUL character"),
            ));
        }
    }
    Ok(())
}

fn finite(value: f64) -> Result<(), ValidationError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(broken("finite", "must be a finite number"))
    }
}

fn unit_code(unit: &str) -> Result<(), ValidationError> {
    if unit.len() <= MAX_UNIT_BYTES && unit.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(broken(
            "unit",
            format!("must be at most {MAX_UNIT_BYTES} printable ASCII characters"),
        ))
    }
}

fn broken(code: &'static str, message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new(code).with_message(message.into())
}
