//! What a live update changes in what is already shown.

use contract::live::{MonitorUpdate, Update};
use contract::monitor::Overview;

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was taken in.
    Taken,
    /// It does not concern what is shown.
    None,
    /// It tells of something that has to be read again.
    Stale,
}

/// Times a sparkline keeps.
const RECENT: usize = 60;

/// Takes an update into a list of monitors.
pub fn apply(monitors: &mut [Overview], update: &Update) -> Effect {
    match update {
        Update::Samples { .. } => Effect::None,
        Update::Incident { .. } | Update::Alert { .. } => Effect::Stale,
        Update::Monitor(update) => monitors
            .iter_mut()
            .find(|known| known.monitor.id == update.monitor)
            .map_or(Effect::Stale, |known| take(known, update)),
    }
}

fn take(known: &mut Overview, update: &MonitorUpdate) -> Effect {
    known.status = update.status.clone();
    if let (Some(tick), Some(total)) = (update.tick_at, update.total_time_ms) {
        let at = tick.timestamp_millis();
        if known.recent.last().is_none_or(|last| last.0 < at) {
            known.recent.push((at, total));
        }
        let excess = known.recent.len().saturating_sub(RECENT);
        known.recent.drain(..excess);
    }
    Effect::Taken
}
