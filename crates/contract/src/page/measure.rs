//! One component in numbers: what badges say.

use serde::{Deserialize, Serialize};

use super::Address;
use crate::monitor::{State, Uptime};
use crate::rpc::request;

/// How far back a badge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Span {
    pub const ALL: [Self; 6] = [
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// As it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
            Self::Year => "365d",
        }
    }

    pub fn hours(self) -> i64 {
        match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
            Self::Quarter => 90 * 24,
            Self::Year => 365 * 24,
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == name)
    }
}

/// A component's numbers over a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub name: String,
    pub state: State,
    pub uptime: Uptime,
    /// Median of the total time of successes, if times were asked for.
    pub response_ms: Option<f64>,
    /// (Unix milliseconds, median ms), oldest first.
    pub points: Vec<(i64, f64)>,
}

request! {
    /// A component by its [`key_of`]. How long checks took only with `times`. `not_found` unless everybody may know of the page.
    Measure { pub at: Address, pub component: String, pub span: Span, pub times: bool } -> Measured, "page", "measure";
}

/// What Gatus calls the key of an endpoint: `<group>_<name>`.
pub fn key_of(group: Option<&str>, name: &str) -> String {
    format!("{}_{}", cleaned(group.unwrap_or_default()), cleaned(name))
}

fn cleaned(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.replace([' ', '/', '_', ',', '.', '#', '+', '&'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_gatus_makes_of_group_and_name() {
        assert_eq!(
            key_of(Some("Core / EU"), "Public_API v1.2"),
            "core---eu_public-api-v1-2"
        );
        assert_eq!(key_of(None, "a#b+c&d,e"), "_a-b-c-d-e");
    }
}
