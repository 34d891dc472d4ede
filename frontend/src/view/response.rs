//! A component's response times, for its page.

use contract::page::Responses;

use crate::view::figure::milliseconds;
use crate::view::plot::{Line, Plot};

/// The median as a line, with the area up to the 95th percentile above it.
pub fn plot(response: &Responses) -> Plot {
    let points = &response.points;
    Plot {
        from_ms: points.first().map_or(0, |point| point.0),
        to_ms: points.last().map_or(0, |point| point.0),
        unit: Some("ms".to_owned()),
        lines: vec![Line {
            label: "p50".to_owned(),
            points: points.iter().map(|&(at, p50, _)| (at, p50)).collect(),
        }],
        band: points.clone(),
        ..Plot::default()
    }
}

/// "p50 48 ms, p95 130 ms in the latest hour"
pub fn latest(response: &Responses) -> Option<String> {
    let (_, p50, p95) = response.points.last()?;
    Some(format!(
        "p50 {}, p95 {} in the latest hour",
        milliseconds(*p50),
        milliseconds(*p95)
    ))
}
