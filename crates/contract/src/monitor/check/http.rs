//! Kind `http`: a request and its redirects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::rule::{broken, holds};

/// What stands where a secret is not for the reader.
pub const CONCEALED: &str = "***";
pub const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = HttpCheck))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct Http {
    /// An absolute `http` or `https` URL.
    #[validate(custom(function = target))]
    pub target: String,
    #[validate(custom(function = method))]
    pub method: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[validate(
        length(max = 32, message = "at most 32 headers"),
        custom(function = headers)
    )]
    pub headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 65_536, message = "at most 64 KiB"))]
    pub body: Option<String>,
    /// Sent as `Authorization`, to the target's own origin and to no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = authentication))]
    pub auth: Option<Auth>,
    pub follow_redirects: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub http_version: HttpVersion,
    /// An invalid certificate is told, but does no harm.
    #[serde(skip_serializing_if = "is_default")]
    pub insecure: bool,
    /// Conditions see this much of the body, and never more than the prober reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1_048_576, message = "between 1 byte and 1 MiB"))]
    pub max_body_bytes: Option<u32>,
    /// Sends `traceparent` to the target, so that its own trace joins ours.
    pub propagate_trace: bool,
}

/// How the request proves who sent it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = HttpAuth))]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    Basic { username: String, password: String },
    Bearer { token: String },
}

/// Which versions are offered to the server.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HttpVersion {
    /// Over TLS the server chooses; without, it is HTTP/1.1.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "1.1")]
    One,
    /// Without TLS, the server has to know of it beforehand.
    #[serde(rename = "2")]
    Two,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            target: String::new(),
            method: "GET".to_owned(),
            headers: BTreeMap::new(),
            body: None,
            auth: None,
            follow_redirects: true,
            http_version: HttpVersion::Auto,
            insecure: false,
            max_body_bytes: None,
            propagate_trace: false,
        }
    }
}

impl Http {
    /// Leaves out what may be secret: credentials, the values of headers, and the body.
    pub fn conceal(&mut self) {
        let secrets = self.headers.values_mut().chain(&mut self.body);
        let auth = self.auth.as_mut().map(|auth| match auth {
            Auth::Basic { password, .. } => password,
            Auth::Bearer { token } => token,
        });
        for secret in secrets.chain(auth) {
            CONCEALED.clone_into(secret);
        }
    }
}

impl fmt::Debug for Auth {
    /// Keeps the secret out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Bearer { .. } => "Bearer",
        })
    }
}

fn target(target: &str) -> Result<(), ValidationError> {
    let rest = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("http://"));
    match rest {
        _ if target.len() > 2_048 => Err(broken("at most 2 048 characters")),
        Some(rest)
            if !rest.is_empty()
                && !rest.starts_with('/')
                && !target.contains(|c: char| c.is_whitespace() || c.is_control()) =>
        {
            Ok(())
        }
        _ => Err(broken(
            "must be an absolute http or https URL, such as https://example.com/health",
        )),
    }
}

fn method(method: &str) -> Result<(), ValidationError> {
    holds(
        METHODS.contains(&method),
        "must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
    )
}

/// RFC 9110: a name is a token; a value is visible text with spaces and tabs inside.
fn headers(headers: &BTreeMap<String, String>) -> Result<(), ValidationError> {
    for (name, value) in headers {
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(broken(format!(
                "{name:?} is not a header's name: use letters, digits and -, as in x-api-key"
            )));
        }
        header_value(name, value)?;
    }
    Ok(())
}

fn header_value(name: &str, value: &str) -> Result<(), ValidationError> {
    let message = if value.len() > 8_192 {
        format!("the value of {name} is longer than 8 KiB")
    } else if value.bytes().any(|b| (b < b' ' && b != b'\t') || b == 0x7f) {
        format!("the value of {name} holds a control character, such as a line break")
    } else {
        return Ok(());
    };
    Err(broken(Cow::Owned(message)))
}

fn authentication(auth: &Auth) -> Result<(), ValidationError> {
    match auth {
        Auth::Basic { username, password } => {
            holds(
                !username.contains(':'),
                "the user's name must not hold a colon",
            )?;
            header_value("the user's name", username)?;
            header_value("the password", password)
        }
        Auth::Bearer { token } => {
            let visible = token.bytes().all(|b| b.is_ascii_graphic());
            holds(
                !token.is_empty() && token.len() <= 8_192 && visible,
                "the token must be visible ASCII characters without spaces, at most 8 KiB",
            )
        }
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
