//! Histograms and summaries.

use contract::metric::Kind;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogramDataPoint, HistogramDataPoint, SummaryDataPoint,
};
use service::problem::ProblemResponse;

use super::{Named, is_absent, millis};
use crate::judge::{Broken, Judge};
use crate::protocol::histogram::{Exponential, Histogram, SCALES, Target};
use crate::protocol::otlp::attributes;

impl Named<'_> {
    pub(super) fn histograms(
        &self,
        points: &[HistogramDataPoint],
        kind: &Result<Kind, Broken>,
        judge: &mut Judge,
    ) -> Result<(), ProblemResponse> {
        for point in points {
            if is_absent(point.flags) {
                judge.skip()?;
                continue;
            }
            let own = attributes::labels(&point.attributes);
            let labels = self.labels(&own);
            let at_ms = millis(point.time_unix_nano).unwrap_or(judge.now());
            let outcome = explicit(point).and_then(|histogram| {
                let target = self.target(&labels, kind)?;
                histogram.put(&target, at_ms, judge)
            });
            judge.settle(outcome)?;
        }
        Ok(())
    }

    pub(super) fn exponentials(
        &self,
        points: &[ExponentialHistogramDataPoint],
        kind: &Result<Kind, Broken>,
        judge: &mut Judge,
    ) -> Result<(), ProblemResponse> {
        for point in points {
            if is_absent(point.flags) {
                judge.skip()?;
                continue;
            }
            let own = attributes::labels(&point.attributes);
            let labels = self.labels(&own);
            let at_ms = millis(point.time_unix_nano).unwrap_or(judge.now());
            let outcome = exponential(point).and_then(|histogram| {
                let target = self.target(&labels, kind)?;
                histogram.put(&target, at_ms, judge)
            });
            judge.settle(outcome)?;
        }
        Ok(())
    }

    pub(super) fn summaries(
        &self,
        points: &[SummaryDataPoint],
        judge: &mut Judge,
    ) -> Result<(), ProblemResponse> {
        for point in points {
            if is_absent(point.flags) {
                judge.skip()?;
                continue;
            }
            let outcome = self.summary(point, judge);
            judge.settle(outcome)?;
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
    fn summary(&self, point: &SummaryDataPoint, judge: &mut Judge) -> Result<(), Broken> {
        let own = attributes::labels(&point.attributes);
        let labels = self.labels(&own);
        let at_ms = judge.instant(millis(point.time_unix_nano))?;
        let totals = [
            ("count", point.count as f64, None),
            ("sum", point.sum, self.unit),
        ];
        let mut points = Vec::new();
        for (suffix, value, unit) in totals {
            let name = format!("{}_{suffix}", self.name);
            let place = judge.series(&name, &mut labels.clone(), Kind::Counter, unit)?;
            points.push((place, value));
        }
        for at in &point.quantile_values {
            let quantile = at.quantile.to_string();
            let mut labels = labels.clone();
            labels.push(("quantile", &quantile));
            let place = judge.series(self.name, &mut labels, Kind::Gauge, self.unit)?;
            points.push((place, at.value));
        }
        // A quantile of nothing is not a number.
        points.retain(|(_, value)| value.is_finite());
        points
            .into_iter()
            .try_for_each(|(place, value)| judge.put(place, at_ms, value))
    }

    fn target<'a>(
        &'a self,
        labels: &'a [(&'a str, &'a str)],
        kind: &Result<Kind, Broken>,
    ) -> Result<Target<'a>, Broken> {
        Ok(Target {
            name: self.name,
            labels,
            kind: kind.clone()?,
            unit: self.unit,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
fn explicit(point: &HistogramDataPoint) -> Result<Histogram, Broken> {
    let (bounds, counts) = (&point.explicit_bounds, &point.bucket_counts);
    if !counts.is_empty() && counts.len() != bounds.len() + 1 {
        let reason = "must be one more than explicit_bounds";
        return Err(Broken::new("bucket_counts", reason));
    }
    if !bounds.is_sorted_by(|a, b| a < b) || bounds.iter().any(|bound| !bound.is_finite()) {
        let reason = "must be finite, each larger than the one before";
        return Err(Broken::new("explicit_bounds", reason));
    }
    let mut sum = 0.0;
    let buckets = bounds.iter().zip(counts).map(|(bound, count)| {
        sum += *count as f64;
        (*bound, sum)
    });
    Ok(Histogram {
        buckets: buckets.collect(),
        count: point.count as f64,
        sum: point.sum,
    })
}

#[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
fn exponential(point: &ExponentialHistogramDataPoint) -> Result<Histogram, Broken> {
    let scale = point.scale;
    if !SCALES.contains(&scale) {
        return Err(Broken::new("scale", "must lie between -11 and 20"));
    }
    let mut exponential = Exponential::new(point.zero_threshold, point.zero_count as f64);
    for (index, count) in indexed(point.positive.as_ref()) {
        exponential.add_positive(scale, index, count);
    }
    for (index, count) in indexed(point.negative.as_ref()) {
        exponential.add_negative(scale, index, count);
    }
    Ok(Histogram {
        buckets: exponential.cumulative(),
        count: point.count as f64,
        sum: point.sum,
    })
}

#[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
fn indexed(buckets: Option<&Buckets>) -> impl Iterator<Item = (i64, f64)> {
    buckets.into_iter().flat_map(|buckets| {
        let first = i64::from(buckets.offset);
        let counts = buckets.bucket_counts.iter();
        (first..)
            .zip(counts)
            .map(|(index, count)| (index, *count as f64))
    })
}
