//! `heartbeat`: nobody looks; pings are awaited.

use validator::ValidationError;

use super::{Check, broken};

pub(super) fn validate(check: &Check) -> Result<(), ValidationError> {
    if check.target.is_empty() {
        Ok(())
    } else {
        Err(broken(
            "must be empty: a heartbeat is sent to us, to the monitor's own ping URL",
        ))
    }
}
