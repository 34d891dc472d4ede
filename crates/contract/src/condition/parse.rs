//! Reading a condition: an operand, an operator, an operand.

use super::rules::check;
use super::{Condition, MAX_LENGTH, Operand, Operator, Placeholder, Step};

/// Where a condition is wrong, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {column}: {message}")]
pub struct Error {
    /// Counted from 1, in characters.
    pub column: usize,
    pub message: String,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];
pub(super) const PLACEHOLDERS: &str = "[STATUS], [RESPONSE_TIME], [BODY], [CERTIFICATE_EXPIRATION], [CONNECTED], [IP], [HEADER].name or [DNS_RCODE]";

pub(super) fn condition(text: &str) -> Result<Condition, Error> {
    let mut cursor = Cursor { text, at: 0 };
    if text.chars().count() > MAX_LENGTH {
        return cursor.fail(format!("shorten it to at most {MAX_LENGTH} characters"));
    }
    cursor.skip_spaces();
    let left_at = cursor.at;
    let left = match cursor.measured()? {
        Some(operand) => operand,
        None => cursor.literal_before_operator()?,
    };
    cursor.skip_spaces();
    let operator_at = cursor.at;
    let operator = cursor.operator()?;
    cursor.skip_spaces();
    let right_at = cursor.at;
    let right = cursor.last_operand()?;
    let condition = Condition {
        left,
        operator,
        right,
    };
    check(&condition, [left_at, operator_at, right_at])
        .map_err(|(at, message)| Cursor { text, at }.error(message))?;
    Ok(condition)
}

struct Cursor<'a> {
    text: &'a str,
    /// A byte offset, always on a character's boundary.
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Everything up to the first character that ends it.
    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error {
            column: self.text[..self.at].chars().count() + 1,
            message: message.into(),
        }
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, Error> {
        Err(self.error(message))
    }

    /// A placeholder or a function of one, or nothing if a literal stands here.
    fn measured(&mut self) -> Result<Option<Operand>, Error> {
        type Function = fn(Placeholder) -> Operand;
        let functions: [(&str, Function); 2] = [("len(", Operand::Length), ("has(", Operand::Has)];
        for (name, function) in functions {
            if self.take(name) {
                return self.argument(name).map(function).map(Some);
            }
        }
        Ok(self.placeholder()?.map(Operand::Value))
    }

    fn argument(&mut self, name: &str) -> Result<Placeholder, Error> {
        self.skip_spaces();
        let at = self.at;
        match self.placeholder()? {
            Some(placeholder @ (Placeholder::Body(_) | Placeholder::Header(_))) => {
                self.skip_spaces();
                if self.take(")") {
                    return Ok(placeholder);
                }
                self.fail(format!("close {name} with )"))
            }
            _ => Cursor { at, ..*self }
                .fail(format!("{name} takes [BODY] with a path or [HEADER].name")),
        }
    }

    fn placeholder(&mut self) -> Result<Option<Placeholder>, Error> {
        let start = self.at;
        let Some(name) = self.rest().strip_prefix('[') else {
            return Ok(None);
        };
        let name = &name[..name
            .find(|c: char| !(c.is_ascii_uppercase() || c == '_'))
            .unwrap_or(name.len())];
        if name.is_empty() {
            return Ok(None);
        }
        self.at += 1 + name.len();
        if !self.take("]") {
            return self.fail(format!("close [{name} with ]"));
        }
        Ok(Some(match name {
            "STATUS" => Placeholder::Status,
            "RESPONSE_TIME" => Placeholder::ResponseTime,
            "CERTIFICATE_EXPIRATION" => Placeholder::CertificateExpiration,
            "CONNECTED" => Placeholder::Connected,
            "IP" => Placeholder::Ip,
            "DNS_RCODE" => Placeholder::DnsRcode,
            "BODY" => Placeholder::Body(self.path()?),
            "HEADER" => Placeholder::Header(self.header()?),
            "DOMAIN_EXPIRATION" => {
                self.at = start;
                return self.fail(
                    "[DOMAIN_EXPIRATION] is not offered: registries answer such questions rarely and late",
                );
            }
            _ => {
                self.at = start;
                return self.fail(format!("[{name}] is not known: use {PLACEHOLDERS}"));
            }
        }))
    }

    fn path(&mut self) -> Result<Vec<Step>, Error> {
        let mut path = Vec::new();
        loop {
            if self.take(".") {
                let key = self.take_until(ends_a_name);
                if key.is_empty() {
                    return self.fail("write a field's name after the dot, as in [BODY].user.name");
                }
                path.push(Step::Key(key.to_owned()));
            } else if self.take("[") {
                let index = self.take_until(|c| !c.is_ascii_digit());
                match index.parse() {
                    Ok(index) if self.take("]") => path.push(Step::Index(index)),
                    _ => {
                        return self.fail("write a position counted from 0, as in [BODY].items[0]");
                    }
                }
            } else {
                return Ok(path);
            }
        }
    }

    fn header(&mut self) -> Result<String, Error> {
        let name = if self.take(".") {
            self.take_until(|c| !(c.is_ascii_alphanumeric() || "-_".contains(c)))
        } else {
            ""
        };
        if name.is_empty() {
            return self.fail("write the header's name after a dot, as in [HEADER].content-type");
        }
        Ok(name.to_ascii_lowercase())
    }

    fn operator(&mut self) -> Result<Operator, Error> {
        for (token, operator) in OPERATORS {
            if self.take(token) {
                return Ok(operator);
            }
        }
        if self.rest().starts_with('=') {
            return self.fail("use == to compare");
        }
        self.fail("an operator is expected here: ==, !=, <, <=, > or >=")
    }

    fn literal_before_operator(&mut self) -> Result<Operand, Error> {
        let end = OPERATORS
            .iter()
            .filter_map(|(token, _)| self.rest().find(token))
            .min();
        let literal = end.map_or(self.rest(), |end| &self.rest()[..end]).trim();
        if literal.is_empty() {
            return self.fail(format!("begin with {PLACEHOLDERS}"));
        }
        if end.is_none() {
            return self.fail(format!(
                "compare something: {PLACEHOLDERS}, then an operator, then a value"
            ));
        }
        if literal.starts_with("pat(") || literal.starts_with("any(") {
            return self.fail("pat() and any() go to the right of the operator");
        }
        self.at += end.unwrap_or_default();
        Ok(Operand::Literal(literal.to_owned()))
    }

    fn last_operand(&mut self) -> Result<Operand, Error> {
        let literal = self.rest().trim_end();
        if literal.is_empty() {
            return self.fail("write what to compare with");
        }
        for name in ["pat(", "any("] {
            if let Some(inner) = literal.strip_prefix(name) {
                self.at += name.len();
                return self.choices(name, inner);
            }
        }
        let Some(measured) = self.measured()? else {
            return Ok(Operand::Literal(literal.to_owned()));
        };
        self.skip_spaces();
        if self.rest().is_empty() {
            Ok(measured)
        } else {
            self.fail("the condition should end here")
        }
    }

    fn choices(&mut self, name: &str, inner: &str) -> Result<Operand, Error> {
        let Some(inner) = inner.strip_suffix(')').map(str::trim) else {
            self.at = self.text.len();
            return self.fail(format!("close {name} with )"));
        };
        if inner.is_empty() {
            return self.fail("write something between the parentheses");
        }
        if name == "pat(" {
            return Ok(Operand::Pattern(inner.to_owned()));
        }
        let choices = inner.split(',').map(|choice| choice.trim().to_owned());
        Ok(Operand::Any(choices.collect()))
    }
}

fn ends_a_name(c: char) -> bool {
    c.is_whitespace() || ".[]()<>=!".contains(c)
}
