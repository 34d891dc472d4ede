//! Kind `tcp`: a connection, and a word over it if wanted.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::endpoint::host_and_port;

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TcpCheck))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct Tcp {
    /// Host and port.
    #[validate(custom(function = host_and_port))]
    pub target: String,
    /// Said once connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 4_096, message = "between 1 and 4 096 characters"))]
    pub send: Option<String>,
    /// What the server has to say for the check to succeed; reading ends as soon as it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 4_096, message = "between 1 and 4 096 characters"))]
    pub expect: Option<String>,
}
