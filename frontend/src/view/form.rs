//! Reading what was typed: every field that cannot be read is named, all at once, in words that say how to mend it.

use std::str::FromStr;

use contract::problem::FieldError;

use crate::view::span;

/// Reads fields, and remembers which of them could not be read.
#[derive(Debug, Default)]
pub struct Reader {
    errors: Vec<FieldError>,
}

impl Reader {
    pub fn wrong(&mut self, field: &str, reason: impl Into<String>) {
        self.errors.push(FieldError::new(field, reason));
    }

    pub fn whole(&mut self, field: &str, text: &str) -> u32 {
        let read = text.trim().parse();
        read.unwrap_or_else(|_| {
            self.wrong(field, "write a whole number, such as 30");
            0
        })
    }

    pub fn number(&mut self, field: &str, text: &str) -> f64 {
        let read = text.trim().parse().ok();
        read.filter(|number: &f64| number.is_finite())
            .unwrap_or_else(|| {
                self.wrong(field, "write a number, such as 90 or 0.5");
                0.0
            })
    }

    /// A length of time, in seconds.
    pub fn seconds(&mut self, field: &str, text: &str) -> u32 {
        span::read(text).unwrap_or_else(|| {
            self.wrong(
                field,
                "write a time with its unit, such as 90 s, 5 min or 2 h",
            );
            0
        })
    }

    /// Something that is written like its own kind wants it.
    pub fn parsed<T: FromStr>(&mut self, field: &str, text: &str, reason: &str) -> Option<T> {
        let read = text.trim().parse().ok();
        if read.is_none() {
            self.wrong(field, reason);
        }
        read
    }

    /// One of a few, by its name.
    pub fn one_of<T: Copy>(&mut self, field: &str, text: &str, all: &[(T, &str)]) -> Option<T> {
        let found = all.iter().find(|(_, name)| *name == text);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|(_, name)| *name).collect();
            self.wrong(field, format!("choose one of {}", names.join(", ")));
        }
        found.map(|(one, _)| *one)
    }

    /// What was read, or all that could not be.
    pub fn done<T>(self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(self.errors),
        }
    }
}

/// The error of a field, whether it is named by itself or by its path ("check.target", "spec.match[0]").
pub fn error_of<'a>(errors: &'a [FieldError], field: &str) -> Option<&'a str> {
    let last = |path: &'a str| path.rsplit('.').next().unwrap_or_default();
    errors
        .iter()
        .find(|error| last(&error.field).split('[').next() == Some(field))
        .map(|error| error.reason.as_str())
}

/// What stands in a field, if anything does.
pub fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What stands in a field between commas or line breaks.
pub fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let mut reader = Reader::default();
        assert_eq!(reader.whole("a", " 30 "), 30);
        assert_eq!(reader.seconds("b", "5 min"), 300);
        reader.whole("c", "many");
        reader.number("d", "inf");
        reader.seconds("e", "soon");
        reader.one_of("f", "x", &[(1, "one")]);
        reader.parsed::<u16>("g", "-1", "write a port");
        let errors = reader.done(Some(())).expect_err("unreadable");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["c", "d", "e", "f", "g"]);
    }

    #[test]
    fn an_error_is_found_by_the_last_part_of_its_path() {
        let errors = [
            FieldError::new("spec.check.target", "must be a URL"),
            FieldError::new("spec.match[1].label", "no label"),
            FieldError::new("spec.states[0]", "no state"),
        ];
        assert_eq!(error_of(&errors, "target"), Some("must be a URL"));
        assert_eq!(error_of(&errors, "states"), Some("no state"));
        assert_eq!(error_of(&errors, "name"), None);
    }
}
