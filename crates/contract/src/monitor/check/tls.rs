//! Kind `tls`: a handshake, and what the certificate is worth.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::endpoint::{self, host_and_port};

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TlsCheck))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct Tls {
    /// Host and port.
    #[validate(custom(function = host_and_port))]
    pub target: String,
    /// Asked for instead of the target's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = endpoint::host))]
    pub server_name: Option<String>,
    /// Fewer days until the first certificate of the chain expires are a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(range(max = 3_650, message = "at most 3 650 days"))]
    pub min_days_left: Option<u32>,
    /// An invalid certificate is told, but does no harm.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub insecure: bool,
}
