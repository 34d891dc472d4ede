//! Whether a message can be stored at all. Rules of last resort: ingress refuses all of this long before.

use bus::Message;
use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::metric::{Batch, Series, metric_name};
use contract::subject::parse;

use super::chunks;

/// The tenant of a message that can be stored, or why it cannot.
pub(super) fn judge(message: &Message<Batch>, now: DateTime<Utc>) -> Result<TenantId, String> {
    let tenant = parse::metrics_accepted(&message.subject)
        .ok_or_else(|| format!("the subject {} names no tenant", message.subject))?;
    let judged = message
        .body
        .series
        .iter()
        .map(|series| judge_series(series, now));
    judged.collect::<Result<(), String>>()?;
    Ok(tenant)
}

fn judge_series(series: &Series, now: DateTime<Utc>) -> Result<(), String> {
    for name in std::iter::once(&series.name).chain(series.labels.keys()) {
        metric_name(name).map_err(|error| format!("the name {name:?} {error}"))?;
    }
    let mut texts = series.labels.values().chain(&series.unit);
    if texts.any(|text| text.contains('\0')) {
        return Err(format!(
            "{} has a label or unit with a NUL character",
            series.name
        ));
    }
    for (ts_ms, value) in &series.points {
        if !value.is_finite() {
            return Err(format!("{} has a value that is not finite", series.name));
        }
        let at = DateTime::from_timestamp_millis(*ts_ms);
        if !at.is_some_and(|at| chunks::is_kept(at, now)) {
            return Err(format!(
                "{} has a sample at {ts_ms} ms, which is out of range",
                series.name
            ));
        }
    }
    Ok(())
}
