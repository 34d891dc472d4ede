//! Kind `icmp`: echo requests.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::endpoint::host;

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IcmpCheck))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct Icmp {
    /// A host.
    #[validate(custom(function = host))]
    pub target: String,
    /// Echo requests, one after another; one answer is enough.
    #[validate(range(min = 1, max = 10, message = "between 1 and 10"))]
    pub count: u32,
}

impl Default for Icmp {
    fn default() -> Self {
        Self {
            target: String::new(),
            count: 1,
        }
    }
}
