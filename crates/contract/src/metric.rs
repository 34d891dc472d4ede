//! Samples: as pushed, as judged, and as they travel in METRICS.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

mod packed;

pub use packed::{Packed, PackedSeries, Point, Texts, Writer};

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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PushedSample {
    /// `[a-zA-Z_:][a-zA-Z0-9_:.]*`
    #[validate(custom(function = metric_name))]
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[a-zA-Z_:][a-zA-Z0-9_:.]*$", max_length = 256)
    )]
    pub name: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[validate(custom(function = labels))]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub accepted: usize,
    pub rejected: Vec<RejectedSample>,
}

/// A sample that was not taken, and why.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedSample {
    pub index: usize,
    pub field: String,
    pub reason: String,
}

/// Samples of one tenant, grouped by series, in their plain form. They travel as [`Packed`].
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
    /// Values are finite.
    pub points: Vec<Point>,
}

/// A metric's name follows `[a-zA-Z_:][a-zA-Z0-9_:.]*` and is at most [`MAX_NAME_BYTES`] long.
pub fn metric_name(name: &str) -> Result<(), ValidationError> {
    if name.len() > MAX_NAME_BYTES {
        return Err(broken(
            "length",
            format!("is longer than {MAX_NAME_BYTES} bytes"),
        ));
    }
    match name.as_bytes() {
        [head, tail @ ..] if is_name(*head, FIRST) && tail.iter().all(|b| is_name(*b, LATER)) => {
            Ok(())
        }
        _ => Err(broken("name", "must match [a-zA-Z_:][a-zA-Z0-9_:.]*")),
    }
}

/// A sample has at most [`MAX_LABELS`] labels.
pub fn label_count(count: usize) -> Result<(), ValidationError> {
    if count <= MAX_LABELS {
        return Ok(());
    }
    Err(broken(
        "count",
        format!("has {count} labels; at most {MAX_LABELS} are allowed"),
    ))
}

/// A label's name is like a metric's; its value is at most [`MAX_LABEL_VALUE_BYTES`] long and holds no NUL.
pub fn label(name: &str, value: &str) -> Result<(), ValidationError> {
    if let Err(error) = metric_name(name) {
        let shown: String = name.chars().take(64).collect();
        let rule = error.message.unwrap_or_default();
        return Err(broken("label", format!("the label `{shown}` {rule}")));
    }
    if value.len() > MAX_LABEL_VALUE_BYTES {
        return Err(broken(
            "length",
            format!("the value of `{name}` is longer than {MAX_LABEL_VALUE_BYTES} bytes"),
        ));
    }
    if value.as_bytes().contains(&0) {
        return Err(broken(
            "nul",
            format!("the value of `{name}` contains a NUL character"),
        ));
    }
    Ok(())
}

/// A sample's value is finite.
pub fn finite(value: f64) -> Result<(), ValidationError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(broken("finite", "must be a finite number"))
    }
}

/// A unit is at most [`MAX_UNIT_BYTES`] printable ASCII characters.
pub fn unit_code(unit: &str) -> Result<(), ValidationError> {
    if unit.len() <= MAX_UNIT_BYTES && unit.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(broken(
            "unit",
            format!("must be at most {MAX_UNIT_BYTES} printable ASCII characters"),
        ))
    }
}

fn labels(labels: &Labels) -> Result<(), ValidationError> {
    label_count(labels.len())?;
    labels
        .iter()
        .try_for_each(|(name, value)| label(name, value))
}

const FIRST: u8 = 1;
const LATER: u8 = 2;
/// Where in a name a byte may stand. A table, because names are the most of what ingress reads.
const NAME_BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => FIRST | LATER,
            b'0'..=b'9' | b'.' => LATER,
            _ => 0,
        };
        byte += 1;
    }
    table
};

fn is_name(byte: u8, place: u8) -> bool {
    NAME_BYTES[usize::from(byte)] & place != 0
}

fn broken(code: &'static str, message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new(code).with_message(message.into())
}
