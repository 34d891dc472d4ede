//! Latency quantiles over time, with the stretches in which there was an incident.

use contract::monitor::{Interval, PhaseTimes, Quantiles, ResponseTimes};

use crate::view::plot::{Line, Plot};

/// One region: its quantiles as lines. Several: the 95th percentile of each, since quantiles of different places do not mix.
pub fn plot(
    times: &ResponseTimes,
    region: Option<&str>,
    incidents: &[Interval],
    (from_ms, to_ms): (i64, i64),
) -> Plot {
    let chosen: Vec<&PhaseTimes> = times
        .series
        .iter()
        .filter(|one| region.is_none_or(|region| one.region.as_str() == region))
        .collect();
    let (lines, band) = match chosen.as_slice() {
        [one] => (quantiles(one), band(one)),
        several => (several.iter().map(|one| p95(one)).collect(), vec![]),
    };
    let shades = incidents.iter().map(|incident| {
        let end = incident.resolved_at.map(|at| at.timestamp_millis());
        (incident.started_at.timestamp_millis(), end.unwrap_or(to_ms))
    });
    let shades = shades.filter(|(from, to)| *from < to_ms && *to > from_ms);
    Plot {
        from_ms,
        to_ms,
        unit: Some("ms".to_owned()),
        lines,
        band,
        shades: shades.collect(),
        ..Plot::default()
    }
}

fn quantiles(times: &PhaseTimes) -> Vec<Line> {
    let line = |label: &str, of: fn(&Quantiles) -> f64| Line {
        label: label.to_owned(),
        points: times.points.iter().map(|(at, it)| (*at, of(it))).collect(),
    };
    vec![
        line("half below (p50)", |it| it.p50),
        line("95 % below (p95)", |it| it.p95),
        line("99 % below (p99)", |it| it.p99),
    ]
}

fn band(times: &PhaseTimes) -> Vec<(i64, f64, f64)> {
    let points = times.points.iter();
    points.map(|(at, it)| (*at, it.p50, it.p95)).collect()
}

fn p95(times: &PhaseTimes) -> Line {
    Line {
        label: times.region.to_string(),
        points: times.points.iter().map(|(at, it)| (*at, it.p95)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times() -> ResponseTimes {
        serde_json::from_str(
            r#"{"resolution":"1m","step_ms":60000,"series":[
            {"region":"a","phase":"total_time","points":[[0,{"p50":1,"p95":2,"p99":3}]]},
            {"region":"b","phase":"total_time","points":[[0,{"p50":4,"p95":5,"p99":6}]]}]}"#,
        )
        .expect("an answer")
    }

    fn incident(from: &str, to: Option<&str>) -> Interval {
        Interval {
            started_at: from.parse().expect("an instant"),
            resolved_at: to.map(|to| to.parse().expect("an instant")),
        }
    }

    #[test]
    fn several_regions_have_a_line_each_and_one_has_all_its_quantiles() {
        let all = plot(&times(), None, &[], (0, 60_000));
        let labels: Vec<_> = all.lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!((labels, all.band.len()), (vec!["a", "b"], 0));
        let one = plot(&times(), Some("b"), &[], (0, 60_000));
        let values: Vec<f64> = one.lines.iter().map(|line| line.points[0].1).collect();
        assert_eq!(
            (values, one.band),
            (vec![4.0, 5.0, 6.0], vec![(0, 4.0, 5.0)])
        );
    }

    #[test]
    fn incidents_of_the_range_are_marked_open_ones_to_its_end() {
        let incidents = [
            incident("1970-01-01T00:00:10Z", Some("1970-01-01T00:00:20Z")),
            incident("1970-01-01T00:00:50Z", None),
            incident("1970-01-02T00:00:00Z", None),
        ];
        let plot = plot(&times(), None, &incidents, (0, 60_000));
        assert_eq!(plot.shades, [(10_000, 20_000), (50_000, 60_000)]);
    }
}
