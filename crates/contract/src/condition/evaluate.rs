//! Judging facts by a condition, and saying what was seen.

use serde_json::Value as Json;

use super::value::{Value, matches};
use super::{Condition, Facts, Operand, Operator, Placeholder, Step, Verdict};

/// Why an operand has no value.
enum Absent {
    /// The thing was looked at, and this is not in it.
    Missing,
    /// The thing was not there to look at.
    Unknown(&'static str),
}

type Resolved = Result<Value, Absent>;

pub(super) fn evaluate(condition: &Condition, facts: &Facts<'_>) -> Verdict {
    let document = Document::read(facts);
    let left = resolve(&condition.left, facts, &document);
    let right = resolve(&condition.right, facts, &document);
    Verdict {
        passed: holds(condition, &left, &right),
        words: format!(
            "{} {} {}",
            shown(&condition.left, &left),
            condition.operator,
            shown(&condition.right, &right)
        ),
    }
}

/// The body, read as JSON once for both sides.
enum Document {
    Json(Json),
    Text(String),
    Truncated(String),
    None,
}

impl Document {
    fn read(facts: &Facts<'_>) -> Self {
        let Some(body) = facts.body else {
            return Self::None;
        };
        let text = || String::from_utf8_lossy(body).into_owned();
        if facts.body_truncated {
            return Self::Truncated(text());
        }
        serde_json::from_slice(body).map_or_else(|_| Self::Text(text()), Self::Json)
    }

    fn at(&self, path: &[Step]) -> Result<&Json, Absent> {
        match self {
            Self::Json(json) => path.iter().try_fold(json, step).ok_or(Absent::Missing),
            Self::Text(_) => Err(Absent::Unknown("the body is not JSON")),
            Self::Truncated(_) => Err(Absent::Unknown("the body is too long to be read whole")),
            Self::None => Err(Absent::Unknown("no body")),
        }
    }
}

fn step<'a>(json: &'a Json, step: &Step) -> Option<&'a Json> {
    match step {
        Step::Key(key) => json.get(key),
        Step::Index(index) => json.get(index),
    }
}

fn resolve(operand: &Operand, facts: &Facts<'_>, document: &Document) -> Resolved {
    match operand {
        Operand::Literal(text) => Ok(Value::text(text.as_str())),
        Operand::Pattern(_) | Operand::Any(_) => Ok(Value::text("")),
        Operand::Value(placeholder) => value(placeholder, facts, document),
        Operand::Length(Placeholder::Body(path)) => length(path, facts, document),
        Operand::Length(placeholder) => {
            value(placeholder, facts, document).map(|value| characters(&value.text))
        }
        Operand::Has(placeholder) => match value(placeholder, facts, document) {
            Ok(_) => Ok(Value::text("true")),
            Err(Absent::Missing) => Ok(Value::text("false")),
            Err(unknown) => Err(unknown),
        },
    }
}

fn value(placeholder: &Placeholder, facts: &Facts<'_>, document: &Document) -> Resolved {
    let known = |value: Option<Value>| value.ok_or(Absent::Unknown("unknown"));
    match placeholder {
        Placeholder::Status => known(facts.status.map(|status| Value::number(status.into()))),
        Placeholder::ResponseTime => known(facts.response_time_ms.map(Value::number)),
        Placeholder::CertificateExpiration => {
            known(facts.certificate_expires_in_s.map(Value::span))
        }
        Placeholder::Connected => Ok(Value::text(facts.connected.to_string())),
        Placeholder::Ip => known(facts.ip.clone().map(Value::text)),
        Placeholder::DnsRcode => known(facts.dns_rcode.clone().map(Value::text)),
        Placeholder::Header(_) if facts.status.is_none() => Err(Absent::Unknown("no answer")),
        Placeholder::Header(name) => facts
            .headers
            .get(name)
            .map(Value::text)
            .ok_or(Absent::Missing),
        Placeholder::Body(path) if path.is_empty() => match (document, facts.body) {
            (Document::None, _) | (_, None) => Err(Absent::Unknown("no body")),
            (_, Some(body)) => Ok(Value::text(String::from_utf8_lossy(body))),
        },
        Placeholder::Body(path) => document.at(path).map(Value::json),
    }
}

/// An array's elements, else the characters of the text or of the JSON in its shortest form.
fn length(path: &[Step], facts: &Facts<'_>, document: &Document) -> Resolved {
    match (path, document) {
        ([], Document::Text(text) | Document::Truncated(text)) => Ok(characters(text)),
        ([], Document::None) => value(&Placeholder::Body(Vec::new()), facts, document),
        _ => document.at(path).map(|json| match json {
            Json::Array(elements) => count(elements.len()),
            other => characters(&Value::json(other).text),
        }),
    }
}

fn characters(text: &str) -> Value {
    count(text.chars().count())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a body has far fewer than 2^52 characters"
)]
fn count(count: usize) -> Value {
    Value::number(count as f64)
}

fn holds(condition: &Condition, left: &Resolved, right: &Resolved) -> bool {
    let equal = match (left, right) {
        (Err(Absent::Unknown(_)), _) | (_, Err(Absent::Unknown(_))) => return false,
        (Ok(left), Ok(right)) => equals(left, &condition.right, right),
        (Err(Absent::Missing), Err(Absent::Missing)) => true,
        _ => false,
    };
    let ordered = |holds: fn(f64, f64) -> bool| {
        let number = |side: &Resolved| side.as_ref().ok().and_then(Value::as_number);
        matches!((number(left), number(right)), (Some(left), Some(right)) if holds(left, right))
    };
    match condition.operator {
        Operator::Equal => equal,
        Operator::NotEqual => !equal,
        Operator::Less => ordered(|left, right| left < right),
        Operator::LessOrEqual => ordered(|left, right| left <= right),
        Operator::Greater => ordered(|left, right| left > right),
        Operator::GreaterOrEqual => ordered(|left, right| left >= right),
    }
}

fn equals(left: &Value, operand: &Operand, right: &Value) -> bool {
    match operand {
        Operand::Pattern(pattern) => matches(pattern, &left.text),
        Operand::Any(choices) => choices
            .iter()
            .any(|choice| left.equals(&Value::text(choice.as_str()))),
        _ => left.equals(right),
    }
}

/// The operand, followed by what it stood for where it was measured.
fn shown(operand: &Operand, resolved: &Resolved) -> String {
    match (operand.placeholder(), resolved) {
        (None, _) => operand.to_string(),
        (Some(_), Ok(value)) => format!("{operand} ({})", shortened(&value.text)),
        (Some(_), Err(Absent::Missing)) => format!("{operand} (missing)"),
        (Some(_), Err(Absent::Unknown(why))) => format!("{operand} ({why})"),
    }
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
