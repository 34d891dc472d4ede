//! Whether a message can be stored at all. Rules of last resort: ingress refuses all of this long before.

use std::ops::RangeInclusive;

use bus::Message;
use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::metric::{Packed, PackedSeries, Point, metric_name};
use contract::subject::parse;

use super::chunks;

/// The tenant of a message that can be stored, or why it cannot.
pub(super) fn judge(message: &Message<Packed>, now: DateTime<Utc>) -> Result<TenantId, String> {
    let tenant = parse::metrics_accepted(&message.subject)
        .ok_or_else(|| format!("the subject {} names no tenant", message.subject))?;
    let kept = chunks::kept(now);
    let kept_ms = kept.start().timestamp_millis()..=kept.end().timestamp_millis();
    judge_texts(&message.body)?;
    let mut series = message.body.series();
    series.try_for_each(|series| judge_points(series, &kept_ms))?;
    Ok(tenant)
}

/// Each text once; only where one is wrong is it worth finding out whose it is.
fn judge_texts(batch: &Packed) -> Result<(), String> {
    let names = batch.each_text(|text| metric_name(text).is_ok());
    let has_nul = batch.texts().any(|text| text.contains('\0'));
    let mut series = batch.series();
    if !has_nul && series.all(|series| series.names_in(&names).all(|name| *name)) {
        return Ok(());
    }
    batch.series().try_for_each(judge_texts_of)
}

fn judge_texts_of(series: PackedSeries<'_>) -> Result<(), String> {
    let names = series.labels().map(|(name, _)| name);
    for name in std::iter::once(series.name()).chain(names) {
        metric_name(name).map_err(|error| format!("the name {name:?} {error}"))?;
    }
    let values = series.labels().map(|(_, value)| value);
    if values.chain(series.unit()).any(|text| text.contains('\0')) {
        let name = series.name();
        return Err(format!("{name} has a label or unit with a NUL character"));
    }
    Ok(())
}

fn judge_points(series: PackedSeries<'_>, kept_ms: &RangeInclusive<i64>) -> Result<(), String> {
    let broken = |(ts_ms, value): &&Point| !value.is_finite() || !kept_ms.contains(ts_ms);
    match series.points().iter().find(broken) {
        None => Ok(()),
        Some((_, value)) if !value.is_finite() => {
            Err(format!("{} has a value that is not finite", series.name()))
        }
        Some((ts_ms, _)) => Err(format!(
            "{} has a sample at {ts_ms} ms, which is out of range",
            series.name()
        )),
    }
}
