//! Spans as Go writes them: `30s`, `1m30s`, `250ms`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// A span of time in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map(Self).ok_or_else(|| {
            de::Error::custom(format!(
                "{text:?} is not a duration such as 30s, 1m30s or 250ms"
            ))
        })
    }
}

pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let unit_s = match &rest[..letters] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        total = total.checked_add(Duration::try_from_secs_f64(amount * unit_s).ok()?)?;
        rest = &rest[letters..];
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_go_writes_them() {
        let of = |text| parse(text).map(|it| it.as_millis());
        assert_eq!(of("30s"), Some(30_000));
        assert_eq!(of("1m30s"), Some(90_000));
        assert_eq!(of("1.5h"), Some(5_400_000));
        assert_eq!(of("250ms"), Some(250));
        for wrong in ["", "30", "s", "1x", "-1s", "1e9h9"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
