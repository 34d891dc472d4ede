//! What an operand stands for, and how texts are read as numbers.

use serde_json::Value as Json;

/// A resolved operand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) text: String,
    /// Set where it is a number by nature; a text that merely looks like one is compared as text.
    pub(super) number: Option<f64>,
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            number: None,
        }
    }

    pub(super) fn number(number: f64) -> Self {
        Self {
            text: number.to_string(),
            number: Some(number),
        }
    }

    /// Milliseconds, shown in the largest units that matter.
    pub(super) fn span(seconds: i64) -> Self {
        let sign = if seconds < 0 { "-" } else { "" };
        let minutes = seconds.unsigned_abs() / 60;
        #[expect(clippy::cast_precision_loss, reason = "expiries are far below 2^52 s")]
        Self {
            text: format!("{sign}{}h{}m", minutes / 60, minutes % 60),
            number: Some(seconds as f64 * 1_000.0),
        }
    }

    pub(super) fn json(json: &Json) -> Self {
        match json {
            Json::String(text) => Self::text(text.as_str()),
            Json::Number(number) => Self {
                text: number.to_string(),
                number: number.as_f64(),
            },
            other => Self::text(other.to_string()),
        }
    }

    /// Read as a number, whatever it is.
    pub(super) fn as_number(&self) -> Option<f64> {
        self.number.or_else(|| number(&self.text))
    }

    /// Equal as numbers when one of them is one, else letter by letter.
    pub(super) fn equals(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        let one_is_a_number = self.number.is_some() || other.number.is_some();
        one_is_a_number
            && matches!((self.as_number(), other.as_number()), (Some(a), Some(b)) if (a - b).abs() < 1e-9)
    }
}

/// A number, or a duration in milliseconds: `42`, `1.5`, `300ms`, `1h30m`, `2d`.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.parse::<f64>().ok().filter(|number| number.is_finite());
    plain.or_else(|| duration_ms(text))
}

pub(super) fn truth(text: &str) -> Option<bool> {
    text.parse().ok()
}

fn duration_ms(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let unit_ms = match &rest[..letters] {
            "ns" => 1e-6,
            "us" | "µs" => 1e-3,
            "ms" => 1.0,
            "s" => 1e3,
            "m" => 60e3,
            "h" => 3_600e3,
            "d" => 86_400e3,
            _ => return None,
        };
        total += amount * unit_ms;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(total)
}

/// Whether the text has the pattern's shape: `*` stands for any characters, `?` for one.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on when a later part does not fit: the last star, and how far it has swallowed.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            retry = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|c| *c == '?' || *c == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star, swallowed)) = retry {
            retry = Some((star, swallowed + 1));
            p = star + 1;
            t = swallowed + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}
