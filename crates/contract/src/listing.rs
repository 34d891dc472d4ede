//! Where a long list goes on: behind the last item of the piece before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an item stands in a list that has the newest first; in some lists those that are open come before all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    #[serde(default)]
    pub open: bool,
    pub at: DateTime<Utc>,
    pub id: Uuid,
}
