//! What must be known to send, and must not be seen.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret of a channel. It travels between the services that need it and shows itself to nobody: its `Debug` says nothing.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ChannelSecret))]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A text of others with the secret taken out, should they have repeated it.
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.0, "[secret]")
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
