//! Conditions on labels, as Prometheus knows them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::metric::Labels;

/// How a label's value is compared. Regular expressions must match all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "=~")]
    Matches,
    #[serde(rename = "!~")]
    MatchesNot,
}

/// One condition on a label. A label that a series does not have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Matcher {
    #[validate(custom(function = crate::metric::metric_name))]
    pub label: String,
    pub operator: Operator,
    #[validate(length(max = 1_024, message = "at most 1 024 characters"))]
    pub value: String,
}

/// The text is no matcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be name=value, name!=value, name=~expression or name!~expression")]
pub struct Unreadable;

impl Operator {
    const ALL: [Self; 4] = [
        // Those that begin like another one come first.
        Self::Matches,
        Self::MatchesNot,
        Self::NotEqual,
        Self::Equal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::MatchesNot => "!~",
        }
    }

    pub fn is_regex(self) -> bool {
        matches!(self, Self::Matches | Self::MatchesNot)
    }
}

impl Matcher {
    pub fn new(label: impl Into<String>, operator: Operator, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            operator,
            value: value.into(),
        }
    }

    /// Whether a series with these labels meets the condition, as far as that can be told without an engine for regular
    /// expressions.
    pub fn is_met_by(&self, labels: &Labels) -> Option<bool> {
        let equal = labels.get(&self.label).map_or("", String::as_str) == self.value;
        match self.operator {
            Operator::Equal => Some(equal),
            Operator::NotEqual => Some(!equal),
            Operator::Matches | Operator::MatchesNot => None,
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.label, self.operator.as_str(), self.value)
    }
}

impl FromStr for Matcher {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let end = text.find(['=', '!']).ok_or(Unreadable)?;
        let (label, rest) = text.split_at(end);
        let found = Operator::ALL
            .into_iter()
            .find_map(|operator| Some((operator, rest.strip_prefix(operator.as_str())?)));
        let (operator, value) = found.ok_or(Unreadable)?;
        if label.trim().is_empty() {
            return Err(Unreadable);
        }
        Ok(Self::new(label.trim(), operator, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_reads_as_it_is_written() {
        for (text, operator, value) in [
            ("host=a=b", Operator::Equal, "a=b"),
            ("host!=", Operator::NotEqual, ""),
            ("host=~web-.*", Operator::Matches, "web-.*"),
            ("host!~a|!b", Operator::MatchesNot, "a|!b"),
        ] {
            let matcher: Matcher = text.parse().expect("a matcher");
            assert_eq!(matcher, Matcher::new("host", operator, value));
            assert_eq!(matcher.to_string(), text);
        }
        for wrong in ["", "host", "=a", "host!a", " =~x"] {
            assert_eq!(wrong.parse::<Matcher>(), Err(Unreadable), "{wrong}");
        }
    }

    #[test]
    fn a_label_that_is_missing_is_empty() {
        let none = Labels::new();
        let met = |text: &str| text.parse::<Matcher>().expect("a matcher").is_met_by(&none);
        assert_eq!(met("host="), Some(true));
        assert_eq!(met("host!="), Some(false));
        assert_eq!(met("host!=a"), Some(true));
        assert_eq!(met("host=~.*"), None);
    }
}
