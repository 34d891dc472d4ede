//! Kind `heartbeat`: nobody looks; the target itself tells that it lives, by pings to ingress.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::rule::holds;

/// How much later than expected a ping may come where its monitor does not say.
pub const DEFAULT_GRACE_S: u32 = 60;

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = HeartbeatCheck))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct Heartbeat {
    #[serde(skip_serializing_if = "String::is_empty")]
    #[validate(custom(function = no_target))]
    pub target: String,
    /// How much later than expected a ping may come, and how long a run may take after its start.
    #[validate(range(min = 1, max = 604_800, message = "between 1 s and 7 days"))]
    pub grace_s: u32,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            target: String::new(),
            grace_s: DEFAULT_GRACE_S,
        }
    }
}

fn no_target(target: &str) -> Result<(), ValidationError> {
    holds(
        target.is_empty(),
        "must be empty: a heartbeat is sent to us, to the monitor's own ping URL",
    )
}
