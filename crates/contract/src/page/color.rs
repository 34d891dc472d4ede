//! A colour as CSS writes it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `#rrggbb`, and nothing else: it ends up in a style.
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(pattern = "^#[0-9a-fA-F]{6}$")
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(String);

/// The text is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a colour as # and six hexadecimal digits")]
pub struct NoColor;

impl FromStr for Color {
    type Err = NoColor;

    fn from_str(text: &str) -> Result<Self, NoColor> {
        let digits = text.strip_prefix('#').ok_or(NoColor)?;
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(NoColor)
        }
    }
}

impl TryFrom<String> for Color {
    type Error = NoColor;

    fn try_from(text: String) -> Result<Self, NoColor> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.0
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_colour_gets_into_a_style() {
        assert_eq!(
            "#A0b1C2".parse::<Color>().map(String::from),
            Ok("#a0b1c2".to_owned())
        );
        for hostile in ["red", "#fff", "#12345g", "#123456;x:y", ""] {
            assert_eq!(hostile.parse::<Color>(), Err(NoColor), "{hostile}");
        }
    }
}
