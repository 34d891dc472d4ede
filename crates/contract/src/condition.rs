//! Conditions: what an answer must be like, in Gatus' notation (`[STATUS] == 200`).
//!
//! A condition is parsed once, when it is saved; a mistake is reported with its column. Evaluating is pure and says what it saw.

mod evaluate;
mod parse;
mod rules;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use validator::ValidationError;

use crate::monitor::Kind;

pub use parse::Error;

/// The longest condition that is read, in characters.
pub const MAX_LENGTH: usize = 512;

/// One comparison, ready to be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    left: Operand,
    operator: Operator,
    right: Operand,
}

/// Something that was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placeholder {
    Status,
    /// Milliseconds of the whole check.
    ResponseTime,
    Body(Vec<Step>),
    /// Milliseconds until the first certificate of the chain expires.
    CertificateExpiration,
    Connected,
    Ip,
    DnsRcode,
    /// Lower-case name.
    Header(String),
}

/// One step into a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operand {
    Literal(String),
    Value(Placeholder),
    Length(Placeholder),
    Has(Placeholder),
    /// Text with `*` for any characters and `?` for one.
    Pattern(String),
    Any(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a check found out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts<'a> {
    pub connected: bool,
    pub status: Option<u16>,
    pub response_time_ms: Option<f64>,
    pub ip: Option<String>,
    pub dns_rcode: Option<String>,
    /// Negative when it has expired.
    pub certificate_expires_in_s: Option<i64>,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// As much of the body as was read.
    pub body: Option<&'a [u8]>,
    /// The body went on after what was read.
    pub body_truncated: bool,
}

/// Whether a condition holds, and what was seen: `[STATUS] (503) == 200`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub passed: bool,
    pub words: String,
}

impl Condition {
    /// Never panics, whatever the facts.
    pub fn evaluate(&self, facts: &Facts<'_>) -> Verdict {
        evaluate::evaluate(self, facts)
    }

    /// The body has to be read for it.
    pub fn needs_body(&self) -> bool {
        self.mentions(|placeholder| matches!(placeholder, Placeholder::Body(_)))
    }

    /// The headers have to be kept for it.
    pub fn needs_headers(&self) -> bool {
        self.mentions(|placeholder| matches!(placeholder, Placeholder::Header(_)))
    }

    /// It is about whether a connection came about, so that a refusal may be what is wanted.
    pub fn is_about_connecting(&self) -> bool {
        self.mentions(|placeholder| *placeholder == Placeholder::Connected)
    }

    pub fn is_about_status(&self) -> bool {
        self.mentions(|placeholder| *placeholder == Placeholder::Status)
    }

    fn mentions(&self, wanted: impl Fn(&Placeholder) -> bool) -> bool {
        self.placeholders().any(wanted)
    }

    fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        [&self.left, &self.right]
            .into_iter()
            .filter_map(Operand::placeholder)
    }
}

impl FromStr for Condition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse::condition(text)
    }
}

impl Operand {
    fn placeholder(&self) -> Option<&Placeholder> {
        match self {
            Self::Value(placeholder) | Self::Length(placeholder) | Self::Has(placeholder) => {
                Some(placeholder)
            }
            Self::Literal(_) | Self::Pattern(_) | Self::Any(_) => None,
        }
    }
}

/// Validates the conditions of a check: the message names the condition, the character and how to mend it.
pub(crate) fn validate(conditions: &[String], kind: &Kind) -> Result<(), ValidationError> {
    for (index, text) in conditions.iter().enumerate() {
        if let Err(error) = judge(text, kind) {
            let message = format!("condition {}, {error}", index + 1);
            return Err(ValidationError::new("condition").with_message(Cow::Owned(message)));
        }
    }
    Ok(())
}

/// A condition that a check of this kind can meet.
fn judge(text: &str, kind: &Kind) -> Result<(), Error> {
    let condition: Condition = text.parse()?;
    let Some(foreign) = condition.placeholders().find(|it| !kind.measures(it)) else {
        return Ok(());
    };
    let name = foreign.name();
    let before = text.split(name).next().unwrap_or_default();
    Err(Error {
        column: before.chars().count() + 1,
        message: format!("a check of kind {} never knows {name}", kind.as_str()),
    })
}

impl Placeholder {
    /// Without what may follow it: `[BODY]`.
    fn name(&self) -> &'static str {
        match self {
            Self::Status => "[STATUS]",
            Self::ResponseTime => "[RESPONSE_TIME]",
            Self::CertificateExpiration => "[CERTIFICATE_EXPIRATION]",
            Self::Connected => "[CONNECTED]",
            Self::Ip => "[IP]",
            Self::DnsRcode => "[DNS_RCODE]",
            Self::Header(_) => "[HEADER]",
            Self::Body(_) => "[BODY]",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.operator, self.right)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Value(placeholder) => placeholder.fmt(f),
            Self::Length(placeholder) => write!(f, "len({placeholder})"),
            Self::Has(placeholder) => write!(f, "has({placeholder})"),
            Self::Pattern(pattern) => write!(f, "pat({pattern})"),
            Self::Any(choices) => write!(f, "any({})", choices.join(", ")),
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Header(name) => write!(f, ".{name}"),
            Self::Body(path) => path.iter().try_for_each(|step| match step {
                Step::Key(key) => write!(f, ".{key}"),
                Step::Index(index) => write!(f, "[{index}]"),
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
