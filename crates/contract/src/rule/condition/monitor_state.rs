//! A monitor in a certain state.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::{Finding, Kind, Sight, Source};
use crate::id::MonitorId;
use crate::monitor::State;
use crate::monitor::check::broken;

/// The monitor is in one of these states, whether or not that is an incident.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MonitorStateRule))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct MonitorState {
    pub monitor: MonitorId,
    /// Any of `down`, `degraded`, `unknown`.
    #[validate(custom(function = alarming))]
    pub states: Vec<State>,
}

impl Kind for MonitorState {
    fn source(&self) -> Source<'_> {
        Source::Monitor(self.monitor)
    }

    fn reach(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        let status = sight.status?;
        Some(Finding {
            holds: self.states.contains(&status.state),
            value: None,
            since: Some(status.since),
        })
    }

    fn words(&self, _: &Finding, sight: Sight<'_>) -> String {
        sight.status.map_or_else(String::new, |status| {
            format!("{}: {}", status.state.as_str(), status.why())
        })
    }
}

fn alarming(states: &[State]) -> Result<(), ValidationError> {
    let known = |state: &State| matches!(state, State::Down | State::Degraded | State::Unknown);
    if !states.is_empty() && states.iter().all(known) {
        return Ok(());
    }
    Err(broken("one or more of down, degraded, unknown"))
}
