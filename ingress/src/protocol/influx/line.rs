//! One line: `measurement,tag=value field=1.5,other=2i 1700000000000000000`.

use std::borrow::Cow;

use crate::protocol::valid_name;

type Text<'a> = Cow<'a, str>;

#[derive(Debug, PartialEq)]
pub(super) struct Line<'a> {
    pub(super) measurement: Text<'a>,
    pub(super) tags: Vec<(Text<'a>, Text<'a>)>,
    pub(super) fields: Vec<(Text<'a>, Value)>,
    pub(super) time: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    /// Text carries no number.
    Text,
}

/// The lines of a body with their numbers, without those that are empty or comments. A line ends where a text in quotes does
/// not go on behind it.
pub(super) fn lines(body: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = body;
    let mut number = 1;
    let lines = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = end_of_line(rest);
        let (line, later) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
        let first = number;
        number += 1 + line.matches('\n').count();
        rest = later;
        Some((first, line.trim()))
    });
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn end_of_line(text: &str) -> usize {
    // Quotes mean something only in the value of a field, so behind the `=` that begins it.
    let (mut quoted, mut before) = (false, b' ');
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' if quoted => quoted = false,
            b'"' if before == b'=' => quoted = true,
            b'\n' if !quoted => return at,
            _ => {}
        }
        before = byte;
    }
    text.len()
}

impl<'a> Line<'a> {
    /// The error goes on behind "line 7".
    pub(super) fn parse(line: &'a str) -> Result<Self, &'static str> {
        let mut scanner = Scanner(line);
        let measurement = scanner.text(b", ");
        if measurement.is_empty() {
            return Err("has no measurement");
        }
        let mut tags = Vec::new();
        while scanner.eat(b',') {
            let tag = name(scanner.text(b"=, "));
            if tag.is_empty() || !scanner.eat(b'=') {
                return Err("has a tag without `=`");
            }
            tags.push((tag, scanner.text(b", ")));
        }
        if !scanner.eat(b' ') {
            return Err("has no field");
        }
        scanner.skip_spaces();
        let fields = scanner.fields()?;
        Ok(Self {
            measurement: name(measurement),
            tags,
            fields,
            time: scanner.time()?,
        })
    }
}

struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    /// Text up to one of these bytes, unless a backslash is before it.
    fn text(&mut self, ends: &[u8]) -> Text<'a> {
        let mut escaped = false;
        let mut bytes = self.0.bytes().enumerate();
        let mut end = self.0.len();
        while let Some((at, byte)) = bytes.next() {
            if byte == b'\\' {
                escaped = true;
                bytes.next();
            } else if ends.contains(&byte) {
                end = at;
                break;
            }
        }
        let (text, rest) = self.0.split_at(end);
        self.0 = rest;
        if escaped {
            unescape(text).into()
        } else {
            text.into()
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(char::from(byte));
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }

    fn fields(&mut self) -> Result<Vec<(Text<'a>, Value)>, &'static str> {
        let mut fields = Vec::new();
        loop {
            let field = name(self.text(b"=, "));
            if field.is_empty() || !self.eat(b'=') {
                return Err("has a field without `=`");
            }
            fields.push((field, self.value()?));
            if !self.eat(b',') {
                return Ok(fields);
            }
        }
    }

    fn value(&mut self) -> Result<Value, &'static str> {
        if self.eat(b'"') {
            self.text(b"\"");
            let closed = self.eat(b'"');
            return closed
                .then_some(Value::Text)
                .ok_or("has a text without end");
        }
        let value = self.text(b", ");
        let number = match &*value {
            "t" | "T" | "true" | "True" | "TRUE" => Some(1.0),
            "f" | "F" | "false" | "False" | "FALSE" => Some(0.0),
            text => number(text),
        };
        number
            .map(Value::Number)
            .ok_or("has a field that is neither a number, a truth value nor a text in quotes")
    }

    fn time(&mut self) -> Result<Option<i64>, &'static str> {
        self.skip_spaces();
        if self.0.is_empty() {
            return Ok(None);
        }
        let time = self.0.trim_end().parse();
        time.map(Some)
            .map_err(|_| "has a time that is no whole number")
    }
}

/// Infinities and what is not a number are read, and refused by the rule that values are finite.
#[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
fn number(text: &str) -> Option<f64> {
    if let Some(integer) = text.strip_suffix('i') {
        return integer.parse::<i64>().ok().map(|integer| integer as f64);
    }
    if let Some(integer) = text.strip_suffix('u') {
        return integer.parse::<u64>().ok().map(|integer| integer as f64);
    }
    text.parse().ok()
}

/// A backslash goes where it stands before one of these, and stays elsewhere.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escapes = c == '\\' && chars.peek().is_some_and(|next| ",= \"\\".contains(*next));
        plain.push(if escapes {
            chars.next().unwrap_or(c)
        } else {
            c
        });
    }
    plain
}

/// A name by the rule for names: what may not be in one becomes `_`.
fn name(text: Text) -> Text {
    match valid_name(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(name) => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Vec<(String, Value)> {
        let line = Line::parse(line).expect("a line");
        line.fields
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value))
            .collect()
    }

    #[test]
    fn a_line_is_taken_apart() {
        let line = Line::parse(
            r#"disk\ io,host=a\,b,path=/var\ lib reads=1.5,writes=2i,up=t,err=3u,note="a, \"b\" c=d" 17"#,
        );
        let line = line.expect("a line");
        assert_eq!(line.measurement, "disk_io");
        assert_eq!(
            line.tags,
            [
                ("host".into(), "a,b".into()),
                ("path".into(), "/var lib".into())
            ]
        );
        let numbers: Vec<_> = line
            .fields
            .iter()
            .map(|(name, value)| (&**name, *value))
            .collect();
        let number = Value::Number;
        assert_eq!(
            numbers,
            [
                ("reads", number(1.5)),
                ("writes", number(2.0)),
                ("up", number(1.0)),
                ("err", number(3.0)),
                ("note", Value::Text)
            ]
        );
        assert_eq!(line.time, Some(17));
    }

    #[test]
    fn what_is_no_line_says_why() {
        for (line, reason) in [
            (",a=b c=1", "has no measurement"),
            ("m", "has no field"),
            ("m,a c=1", "has a tag without `=`"),
            ("m c", "has a field without `=`"),
            (
                "m c=x",
                "has a field that is neither a number, a truth value nor a text in quotes",
            ),
            ("m c=\"x", "has a text without end"),
            ("m c=1 soon", "has a time that is no whole number"),
        ] {
            assert_eq!(Line::parse(line), Err(reason), "{line}");
        }
        assert_eq!(
            fields("m  c=-1e3"),
            [("c".to_owned(), Value::Number(-1000.0))]
        );
    }

    #[test]
    fn lines_end_outside_of_quotes() {
        let body = "# a comment\na b=1\n\nc d=\"x\ny\",e=2\r\nf g=3";
        let found: Vec<_> = lines(body).collect();
        assert_eq!(found, [(2, "a b=1"), (4, "c d=\"x\ny\",e=2"), (6, "f g=3")]);
    }
}
