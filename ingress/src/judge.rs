//! Judging samples one by one: the good ones grouped by series, the bad ones listed with their rule. Pure.

use std::collections::HashMap;

use contract::metric::{Batch, Kind, Labels, PushedSample, RejectedSample, Series};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::Limits;

/// The instants between which a sample may lie, Unix milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) now: i64,
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}

impl Window {
    pub(crate) fn new(now: i64, limits: &Limits, may_backfill: bool) -> Self {
        let earliest = if may_backfill {
            0
        } else {
            now - limits.max_past_s * 1_000
        };
        Self {
            now,
            earliest,
            latest: now + limits.max_future_s * 1_000,
        }
    }
}

/// What became of a push.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Judgement {
    pub(crate) series: Vec<Series>,
    pub(crate) accepted: usize,
    pub(crate) rejected: Vec<RejectedSample>,
}

/// Judges samples that could be read, or the reasons why they could not.
pub(crate) fn judge(
    samples: impl IntoIterator<Item = Result<PushedSample, String>>,
    window: Window,
) -> Judgement {
    let mut judgement = Judgement::default();
    let mut places = HashMap::new();
    for (index, sample) in samples.into_iter().enumerate() {
        match check(sample, window) {
            Ok((sample, at_ms)) => {
                judgement.accepted += 1;
                place(&mut judgement.series, &mut places, sample, at_ms);
            }
            Err((field, reason)) => judgement.rejected.push(RejectedSample {
                index,
                field,
                reason,
            }),
        }
    }
    judgement
}

/// Splits series into batches of at most `max_samples`, in their order.
pub(crate) fn split(series: Vec<Series>, received_ms: i64, max_samples: usize) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut open = Batch {
        received_ms,
        series: Vec::new(),
    };
    let mut room = max_samples;
    for mut rest in series {
        while !rest.points.is_empty() {
            let later = rest.points.split_off(rest.points.len().min(room));
            room -= rest.points.len();
            open.series.push(Series {
                points: std::mem::replace(&mut rest.points, later),
                ..rest.clone()
            });
            if room == 0 {
                batches.push(std::mem::replace(
                    &mut open,
                    Batch {
                        received_ms,
                        series: Vec::new(),
                    },
                ));
                room = max_samples;
            }
        }
    }
    if !open.series.is_empty() {
        batches.push(open);
    }
    batches
}

type Rejection = (String, String);

fn check(
    sample: Result<PushedSample, String>,
    window: Window,
) -> Result<(PushedSample, i64), Rejection> {
    let sample = sample.map_err(|reason| ("sample".to_owned(), reason))?;
    sample.validate().map_err(|errors| first(&errors))?;
    let at_ms = sample.timestamp_ms.unwrap_or(window.now);
    let age = |ms: i64| format!("{} s", ms / 1_000);
    if at_ms < window.earliest {
        let reason = format!(
            "lies more than {} in the past",
            age(window.now - window.earliest)
        );
        return Err(("timestamp_ms".to_owned(), reason));
    }
    if at_ms > window.latest {
        return Err((
            "timestamp_ms".to_owned(),
            format!(
                "lies more than {} in the future",
                age(window.latest - window.now)
            ),
        ));
    }
    Ok((sample, at_ms))
}

fn first(errors: &ValidationErrors) -> Rejection {
    let mut fields: Vec<_> = errors.errors().iter().collect();
    fields.sort_by_key(|(field, _)| field.to_string());
    for (field, kind) in fields {
        if let ValidationErrorsKind::Field(errors) = kind
            && let Some(error) = errors.first()
        {
            let reason = error.message.as_deref().unwrap_or("breaks a rule");
            return (field.to_string(), reason.to_owned());
        }
    }
    ("sample".to_owned(), "breaks a rule".to_owned())
}

type Key = (String, Labels, Kind, Option<String>);

fn place(
    series: &mut Vec<Series>,
    places: &mut HashMap<Key, usize>,
    sample: PushedSample,
    at_ms: i64,
) {
    let PushedSample {
        name,
        labels,
        value,
        kind,
        unit,
        ..
    } = sample;
    let key = (name, labels, kind, unit);
    let index = *places
        .entry(key)
        .or_insert_with_key(|(name, labels, kind, unit)| {
            series.push(Series {
                name: name.clone(),
                labels: labels.clone(),
                kind: *kind,
                unit: unit.clone(),
                points: Vec::new(),
            });
            series.len() - 1
        });
    series[index].points.push((at_ms, value));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn window() -> Window {
        Window::new(NOW_MS, &Limits::default(), false)
    }

    #[expect(clippy::unnecessary_wraps, reason = "what judge takes")]
    fn sample(name: &str, value: f64, timestamp_ms: Option<i64>) -> Result<PushedSample, String> {
        Ok(PushedSample {
            name: name.to_owned(),
            labels: Labels::new(),
            value,
            timestamp_ms,
            kind: Kind::Gauge,
            unit: None,
        })
    }

    #[test]
    fn good_samples_are_taken_and_bad_ones_are_named() {
        let day_ms = 24 * 3_600 * 1_000;
        let judgement = judge(
            [
                sample("cpu", 1.0, None),
                sample("9cpu", 1.0, None),
                sample("cpu", f64::NAN, None),
                sample("cpu", 1.0, Some(NOW_MS - day_ms - 1)),
                sample("cpu", 1.0, Some(NOW_MS + 300_001)),
                Err("missing field `value`".to_owned()),
                sample("cpu", 2.0, Some(NOW_MS - day_ms)),
            ],
            window(),
        );
        assert_eq!(judgement.accepted, 2);
        assert_eq!(judgement.series.len(), 1);
        assert_eq!(
            judgement.series[0].points,
            [(NOW_MS, 1.0), (NOW_MS - day_ms, 2.0)]
        );
        let fields: Vec<_> = judgement
            .rejected
            .iter()
            .map(|rejected| (rejected.index, rejected.field.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                (1, "name"),
                (2, "value"),
                (3, "timestamp_ms"),
                (4, "timestamp_ms"),
                (5, "sample")
            ]
        );
    }

    #[test]
    fn a_split_keeps_every_point_and_the_order() {
        let samples =
            (0..25).map(|i| sample(if i % 2 == 0 { "a" } else { "b" }, f64::from(i), None));
        let batches = split(judge(samples, window()).series, NOW_MS, 10);
        assert_eq!(
            batches.iter().map(Batch::sample_count).collect::<Vec<_>>(),
            [10, 10, 5]
        );
        let of_a: Vec<f64> = batches
            .iter()
            .flat_map(|batch| &batch.series)
            .filter(|s| s.name == "a")
            .flat_map(|s| s.points.iter().map(|p| p.1))
            .collect();
        assert_eq!(of_a, (0..13).map(|i| f64::from(i * 2)).collect::<Vec<_>>());
    }

    #[test]
    fn backfill_lifts_the_bound_on_the_past() {
        let window = Window::new(NOW_MS, &Limits::default(), true);
        assert_eq!(judge([sample("cpu", 1.0, Some(1))], window).accepted, 1);
        assert_eq!(judge([sample("cpu", 1.0, Some(-1))], window).accepted, 0);
    }
}
