//! Data points as samples.

mod distributions;

use contract::metric::Kind;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, DataPointFlags, Metric, NumberDataPoint, ResourceMetrics,
};
use service::problem::ProblemResponse;

use super::attributes::{self, Labels, Resource};
use crate::judge::{Broken, Judge};
use crate::protocol::valid_name;

/// Every point of a resource, and what is known of the resource itself.
pub(super) fn judge_resource(
    metrics: &ResourceMetrics,
    judge: &mut Judge,
) -> Result<(), ProblemResponse> {
    let attributes = metrics.resource.as_ref();
    let attributes = attributes.map_or(&[][..], |resource| &resource.attributes);
    let resource = Resource::of(attributes);
    let before = judge.verdict.accepted;
    let scopes = metrics.scope_metrics.iter();
    for metric in scopes.flat_map(|scope| &scope.metrics) {
        judge_metric(metric, &resource, judge)?;
    }
    if judge.verdict.accepted > before {
        describe(&resource, judge);
    }
    Ok(())
}

/// The attributes that are on no series are on `target_info`, as Prometheus has it. It is not counted: nobody pushed it.
fn describe(resource: &Resource, judge: &mut Judge) {
    if resource.identity.is_empty() || resource.others.is_empty() {
        return;
    }
    let labels = resource.identity.iter().chain(&resource.others);
    let mut labels = labels.map(|(name, value)| (&**name, &**value)).collect();
    let now_ms = judge.now();
    let put = judge
        .series("target_info", &mut labels, Kind::Gauge, None)
        .and_then(|place| judge.put(place, now_ms, 1.0));
    if let Err(broken) = put {
        tracing::debug!(?broken, "a resource could not be described");
    }
}

/// A metric, by the rule for names, and whose it is.
struct Named<'a> {
    name: &'a str,
    unit: Option<&'a str>,
    resource: &'a Resource<'a>,
}

fn judge_metric(
    metric: &Metric,
    resource: &Resource,
    judge: &mut Judge,
) -> Result<(), ProblemResponse> {
    let named = Named {
        name: &valid_name(&metric.name),
        unit: Some(metric.unit.as_str()),
        resource,
    };
    match &metric.data {
        Some(Data::Gauge(gauge)) => named.numbers(&gauge.data_points, &Ok(Kind::Gauge), judge),
        Some(Data::Sum(sum)) => {
            let kind = kind(sum.aggregation_temporality, sum.is_monotonic);
            named.numbers(&sum.data_points, &kind, judge)
        }
        Some(Data::Histogram(histogram)) => {
            let kind = kind(histogram.aggregation_temporality, true);
            named.histograms(&histogram.data_points, &kind, judge)
        }
        Some(Data::ExponentialHistogram(histogram)) => {
            let kind = kind(histogram.aggregation_temporality, true);
            named.exponentials(&histogram.data_points, &kind, judge)
        }
        Some(Data::Summary(summary)) => named.summaries(&summary.data_points, judge),
        None => judge.settle(Err(Broken::new("data", "must be of a known kind"))),
    }
}

/// What adds up since a start is a counter. What adds up since the point before is kept as it is: an increment, whose sum over a
/// range is the growth in it.
fn kind(temporality: i32, monotonic: bool) -> Result<Kind, Broken> {
    match AggregationTemporality::try_from(temporality) {
        Ok(AggregationTemporality::Cumulative) if monotonic => Ok(Kind::Counter),
        Ok(AggregationTemporality::Cumulative | AggregationTemporality::Delta) => Ok(Kind::Gauge),
        _ => Err(Broken::new(
            "aggregation_temporality",
            "must be DELTA or CUMULATIVE",
        )),
    }
}

impl Named<'_> {
    fn numbers(
        &self,
        points: &[NumberDataPoint],
        kind: &Result<Kind, Broken>,
        judge: &mut Judge,
    ) -> Result<(), ProblemResponse> {
        for point in points {
            let value = number(point);
            if is_absent(point.flags) || value.is_some_and(|value| !value.is_finite()) {
                judge.skip()?;
                continue;
            }
            let outcome = self.number(point, value, kind, judge);
            judge.settle(outcome)?;
        }
        Ok(())
    }

    fn number(
        &self,
        point: &NumberDataPoint,
        value: Option<f64>,
        kind: &Result<Kind, Broken>,
        judge: &mut Judge,
    ) -> Result<(), Broken> {
        let value = value.ok_or(Broken::new("value", "cannot be read"))?;
        let own = attributes::labels(&point.attributes);
        let mut labels = self.labels(&own);
        let place = judge.series(self.name, &mut labels, kind.clone()?, self.unit)?;
        let at_ms = judge.instant(millis(point.time_unix_nano))?;
        judge.put(place, at_ms, value)
    }

    /// A point's own labels with those of its resource, which win.
    fn labels<'a>(&'a self, own: &'a Labels<'_>) -> Vec<(&'a str, &'a str)> {
        let of_resource = &self.resource.identity;
        let is_free = |name: &str| !of_resource.iter().any(|(taken, _)| taken == name);
        let own = own.iter().filter(|(name, _)| is_free(name));
        own.chain(of_resource)
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
fn number(point: &NumberDataPoint) -> Option<f64> {
    point.value.map(|value| match value {
        Value::AsDouble(value) => value,
        Value::AsInt(value) => value as f64,
    })
}

/// A point that only says that there is none any more.
fn is_absent(flags: u32) -> bool {
    flags & DataPointFlags::NoRecordedValueMask as u32 != 0
}

/// `None` where the point has no time.
fn millis(unix_nano: u64) -> Option<i64> {
    (unix_nano > 0).then(|| i64::try_from(unix_nano / 1_000_000).unwrap_or(i64::MAX))
}
