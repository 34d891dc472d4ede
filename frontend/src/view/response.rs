//! A component's response times of the last day, for its page.

use contract::page::Component;

use crate::view::figure::milliseconds;
use crate::view::plot::{Line, Plot};

/// The median as a line, with the area up to the 95th percentile above it.
pub fn plot(component: &Component) -> Plot {
    let response = &component.response;
    Plot {
        from_ms: response.first().map_or(0, |point| point.0),
        to_ms: response.last().map_or(0, |point| point.0),
        unit: Some("ms".to_owned()),
        lines: vec![Line {
            label: "p50".to_owned(),
            points: response.iter().map(|&(at, p50, _)| (at, p50)).collect(),
        }],
        band: response.clone(),
    }
}

/// "p50 48 ms, p95 130 ms", of the latest hour.
pub fn latest(component: &Component) -> Option<String> {
    let (_, p50, p95) = component.response.last()?;
    Some(format!(
        "p50 {}, p95 {}",
        milliseconds(*p50),
        milliseconds(*p95)
    ))
}
