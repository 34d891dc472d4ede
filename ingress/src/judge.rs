//! Judging samples one by one: the good ones are taken, the bad ones are listed with their rule. Without a clock.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use axum::http::StatusCode;
use contract::metric::{self, Kind, RejectedSample};
use contract::problem::FieldError;
use service::problem::ProblemResponse;
use validator::ValidationError;

use crate::Limits;
use crate::batch::{ARRIVAL, Batch, Identity, Place};
use crate::tenants::Series;

/// The instants between which a sample may lie, Unix milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) now: i64,
    earliest: i64,
    latest: i64,
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

    /// Where an instant lies: before it, in it or after it.
    pub(crate) fn place(&self, at: i64) -> std::cmp::Ordering {
        if at < self.earliest {
            std::cmp::Ordering::Less
        } else if at > self.latest {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    }
}

/// The rule that a sample breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    field: &'static str,
    reason: Cow<'static, str>,
}

impl Broken {
    pub(crate) fn new(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }

    fn of(field: &'static str) -> impl Fn(ValidationError) -> Self {
        move |error| Self::new(field, error.message.unwrap_or("breaks a rule".into()))
    }
}

/// What became of a push.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) accepted: usize,
    /// Understood, but without a value to keep, such as a stale marker.
    pub(crate) skipped: usize,
    pub(crate) rejected: Vec<RejectedSample>,
}

/// Judges the samples of one push.
pub(crate) struct Judge<'a> {
    window: Window,
    max_samples: usize,
    series: &'a Series,
    pub(crate) batch: Batch,
    pub(crate) verdict: Verdict,
}

/// One pushed point, as of a histogram, may become this many stored ones on average.
const EXPANSION: usize = 10;

impl<'a> Judge<'a> {
    pub(crate) fn new(window: Window, limits: &Limits, series: &'a Series) -> Self {
        Self {
            window,
            max_samples: limits.max_samples,
            series,
            batch: Batch::default(),
            verdict: Verdict::default(),
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.window.now
    }

    pub(crate) fn max_samples(&self) -> usize {
        self.max_samples
    }

    /// The series of these names, if they keep the rules. Labels may come in any order; one without a value is absent.
    pub(crate) fn series(
        &mut self,
        name: &str,
        labels: &mut Vec<(&str, &str)>,
        kind: Kind,
        unit: Option<&str>,
    ) -> Result<Place, Broken> {
        metric::metric_name(name).map_err(Broken::of("name"))?;
        labels.retain(|(_, value)| !value.is_empty());
        metric::label_count(labels.len()).map_err(Broken::of("labels"))?;
        for (name, value) in labels.iter() {
            metric::label(name, value).map_err(Broken::of("labels"))?;
        }
        order(labels)?;
        let unit = unit.filter(|unit| !unit.is_empty());
        unit.map_or(Ok(()), metric::unit_code)
            .map_err(Broken::of("unit"))?;
        let identity = Identity {
            name,
            labels,
            kind,
            unit,
        };
        let hash = identity.hash(self.series.hasher());
        self.series.admit(hash, self.window.now).map_err(|limit| {
            let reason = format!(
                "is a new series, and the {limit} that may be active at a time already are"
            );
            Broken::new("series", reason)
        })?;
        Ok(self.batch.place(&identity, hash))
    }

    /// The instant of a sample, if it lies in the window; [`ARRIVAL`] where it has none.
    pub(crate) fn instant(&self, at_ms: Option<i64>) -> Result<i64, Broken> {
        let Window {
            now,
            earliest,
            latest,
        } = self.window;
        let Some(at_ms) = at_ms else {
            return Ok(ARRIVAL);
        };
        let (bound, where_to) = if at_ms < earliest {
            (now - earliest, "past")
        } else if at_ms > latest {
            (latest - now, "future")
        } else {
            return Ok(at_ms);
        };
        let reason = format!("lies more than {} s in the {where_to}", bound / 1_000);
        Err(Broken::new("timestamp_ms", reason))
    }

    /// Puts a value into the batch. It counts once [`Judge::settle`] was told.
    pub(crate) fn put(&mut self, place: Place, at_ms: i64, value: f64) -> Result<(), Broken> {
        metric::finite(value).map_err(Broken::of("value"))?;
        if self.batch.sample_count() >= self.max_samples * EXPANSION {
            return Err(Broken::new(
                "sample",
                "makes the push too large: send smaller ones",
            ));
        }
        self.batch.push(place, at_ms, value);
        Ok(())
    }

    /// What became of the next pushed sample.
    pub(crate) fn settle(&mut self, outcome: Result<(), Broken>) -> Result<(), ProblemResponse> {
        let index = self.next()?;
        match outcome {
            Ok(()) => self.verdict.accepted += 1,
            Err(Broken { field, reason }) => self.verdict.rejected.push(RejectedSample {
                index,
                field: field.to_owned(),
                reason: reason.into_owned(),
            }),
        }
        Ok(())
    }

    /// [`Judge::settle`] of a sample that was understood and carries no value.
    pub(crate) fn skip(&mut self) -> Result<(), ProblemResponse> {
        self.next()?;
        self.verdict.skipped += 1;
        Ok(())
    }

    /// The index of the next sample. A push that holds too many is cut off while it is read.
    fn next(&self) -> Result<usize, ProblemResponse> {
        let Verdict {
            accepted,
            skipped,
            rejected,
        } = &self.verdict;
        let index = accepted + skipped + rejected.len();
        if index < self.max_samples {
            return Ok(index);
        }
        let reason = format!(
            "holds more than the {} that are allowed in one push",
            self.max_samples
        );
        Err(ProblemResponse::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the push holds too many samples",
        )
        .errors(vec![FieldError::new("samples", reason)]))
    }
}

fn order(labels: &mut [(&str, &str)]) -> Result<(), Broken> {
    if !labels.is_sorted_by(|a, b| a.0 < b.0) {
        labels.sort_unstable();
    }
    match labels.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(()),
        Some(pair) => Err(Broken::new(
            "labels",
            format!("has the label `{}` twice", pair[0].0),
        )),
    }
}
