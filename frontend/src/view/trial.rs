//! What a rule would have done, as a picture and in words.

use chrono::{DateTime, Utc};
use contract::query::{Aggregate, Metric};
use contract::rule::backtest::Fired;
use contract::rule::{Backtested, Condition, Past, Spec};
use serde::{Deserialize, Serialize};

use crate::view::figure::{count, duration};
use crate::view::plot::{Line, Plot};
use crate::view::rule::group;

/// Most groups that are drawn.
const LINES: usize = 8;

/// A rule that was tried, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    pub spec: Spec,
    pub from_ms: i64,
    pub to_ms: i64,
    pub done: Backtested,
    /// UCUM, of the metric.
    pub unit: Option<String>,
}

impl Trial {
    /// The line of what was compared, where it would have fired, and the stretches in which it would have.
    pub fn plot(&self) -> Plot {
        let lines = self.done.series.iter().take(LINES).map(line);
        let fired = self.done.fired.iter();
        Plot {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            unit: unit(&self.spec.condition, self.unit.as_deref()),
            lines: lines.collect(),
            limits: limits(&self.spec.condition),
            shades: fired.map(|one| self.stretch(one)).collect(),
            ..Plot::default()
        }
    }

    /// "It would have fired 3 times in the last 24 h, for 42 min in all."
    pub fn words(&self) -> String {
        let span = duration((self.to_ms - self.from_ms) / 1_000);
        let times = self.done.fired.len();
        let compares = !limits(&self.spec.condition).is_empty();
        if compares && self.done.series.is_empty() {
            return format!(
                "There is nothing to judge it by: nothing it looks at came in the last {span}."
            );
        }
        if times == 0 {
            return format!("It would not have fired in the last {span}.");
        }
        let total: i64 = self.done.fired.iter().map(|one| self.length_ms(one)).sum();
        let longest = self.done.fired.iter().map(|one| self.length_ms(one)).max();
        let all = duration(total / 1_000);
        match times {
            1 => format!("It would have fired once in the last {span}, for {all}."),
            _ => format!(
                "It would have fired {} in the last {span}, for {all} in all, at most {} at a time.",
                count(times, "time"),
                duration(longest.unwrap_or_default() / 1_000)
            ),
        }
    }

    /// How the rule was judged, since people ask.
    pub fn how(&self) -> String {
        let groups = self.done.series.len();
        let apart = (groups > 1).then(|| format!(", {} apart", count(groups, "group")));
        let hidden = (groups > LINES).then(|| format!(", of which {LINES} are drawn"));
        format!(
            "judged every {}{}{}",
            duration(self.done.step_s),
            apart.unwrap_or_default(),
            hidden.unwrap_or_default()
        )
    }

    /// From when till when an alert would have been open.
    pub fn stretch(&self, fired: &Fired) -> (i64, i64) {
        let end = fired.resolved_at.map(|at| at.timestamp_millis());
        (
            fired.opened_at.timestamp_millis(),
            end.unwrap_or(self.to_ms),
        )
    }

    /// When it would have fired: instant, how long, of what, why.
    pub fn times(&self) -> Vec<(DateTime<Utc>, String, String, String)> {
        let fired = self.done.fired.iter().rev();
        fired
            .map(|one| {
                let length = duration(self.length_ms(one) / 1_000);
                let open = one.resolved_at.is_none().then_some(", still open");
                (
                    one.opened_at,
                    format!("{length}{}", open.unwrap_or_default()),
                    group(&one.labels),
                    one.reason.clone(),
                )
            })
            .collect()
    }

    fn length_ms(&self, fired: &Fired) -> i64 {
        let (from, to) = self.stretch(fired);
        (to - from).max(0)
    }
}

fn line(past: &Past) -> Line {
    let label = if past.labels.is_empty() {
        "value".to_owned()
    } else {
        group(&past.labels)
    };
    Line {
        label,
        points: past.points.clone(),
    }
}

fn limits(condition: &Condition) -> Vec<f64> {
    let (limit, recovery) = match condition {
        Condition::Threshold(threshold) => (threshold.value, threshold.recover_at),
        Condition::Latency(latency) => (latency.above_ms, latency.recover_at_ms),
        Condition::FailingAnswers(failing) => (f64::from(failing.more_than), None),
        Condition::CertificateExpiry(expiry) => (f64::from(expiry.within_days), None),
        Condition::NoData(_) | Condition::MonitorState(_) => return vec![],
    };
    std::iter::once(limit).chain(recovery).collect()
}

/// The unit of what a condition compares.
fn unit(condition: &Condition, metric: Option<&str>) -> Option<String> {
    let unit = match condition {
        Condition::Threshold(threshold) => match threshold.aggregate {
            Aggregate::Count => "1".to_owned(),
            Aggregate::Rate => format!("{}/s", metric.unwrap_or("1")),
            _ => metric?.to_owned(),
        },
        Condition::Latency(_) => "ms".to_owned(),
        Condition::CertificateExpiry(_) => "d".to_owned(),
        _ => return None,
    };
    Some(unit)
}

/// The unit of the metric a condition looks at.
pub fn unit_of(condition: &Condition, metrics: &[Metric]) -> Option<String> {
    let contract::rule::Source::Metric(selector) = condition.source() else {
        return None;
    };
    let metric = metrics.iter().find(|one| one.name == selector.metric)?;
    metric.unit.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::rule::tests::rule;

    fn trial(fired: &str) -> Trial {
        let done = format!(
            r#"{{"step_s":60,"fired":[{fired}],"series":[{{"labels":{{}},"points":[[0,50.0],[3600000,95.0]]}}]}}"#
        );
        Trial {
            spec: rule(
                "hot",
                r#""kind":"threshold","metric":"cpu","operator":">","value":90,"recover_at":80"#,
            )
            .spec,
            from_ms: 0,
            to_ms: 86_400_000,
            done: serde_json::from_str(&done).expect("a trial"),
            unit: Some("%".to_owned()),
        }
    }

    fn fired(from: &str, to: &str) -> String {
        format!(
            r#"{{"labels":{{"host":"a"}},"started_at":"{from}","opened_at":"{from}","resolved_at":{to},"value":93.0,
            "reason":"hot","reminders":0}}"#
        )
    }

    #[test]
    fn a_quiet_rule_says_so() {
        let quiet = trial("");
        assert_eq!(quiet.words(), "It would not have fired in the last 1 d.");
        assert_eq!(quiet.how(), "judged every 1 min");
        let plot = quiet.plot();
        assert_eq!(
            (plot.limits, plot.unit.as_deref()),
            (vec![90.0, 80.0], Some("%"))
        );
    }

    #[test]
    fn a_rule_that_had_nothing_to_look_at_is_not_called_quiet() {
        let mut blind = trial("");
        blind.done.series.clear();
        assert!(blind.words().starts_with("There is nothing to judge it by"));
    }

    #[test]
    fn what_would_have_fired_is_counted_and_marked() {
        let once = fired("1970-01-01T01:00:00Z", "\"1970-01-01T01:10:00Z\"");
        assert_eq!(
            trial(&once).words(),
            "It would have fired once in the last 1 d, for 10 min."
        );
        let still = fired("1970-01-01T23:30:00Z", "null");
        let twice = trial(&format!("{once},{still}"));
        assert_eq!(
            twice.words(),
            "It would have fired 2 times in the last 1 d, for 40 min in all, at most 30 min at a time."
        );
        assert_eq!(
            twice.plot().shades,
            [(3_600_000, 4_200_000), (84_600_000, 86_400_000)]
        );
        let (_, length, of, _) = &twice.times()[0];
        assert_eq!(
            (length.as_str(), of.as_str()),
            ("30 min, still open", "host=a")
        );
    }
}
