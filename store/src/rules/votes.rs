//! What the regions last said about a monitor.

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::Region;
use contract::monitor::{self, Spec, State, Vote};
use contract::probe::Outcome;

/// A recent result, as far as votes care.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    pub(crate) region: Region,
    pub(crate) tick_at: DateTime<Utc>,
    pub(crate) outcome: Outcome,
    pub(crate) total_time_ms: Option<f64>,
    pub(crate) message: Option<String>,
}

/// The last word of each region, from results with the newest first. What is no verdict is no word.
pub(crate) fn votes(looks: &[Look], degraded_ms: Option<u32>) -> Vec<Vote> {
    let mut votes: Vec<(Vote, bool)> = Vec::new();
    for look in looks.iter().filter(|look| look.outcome.is_verdict()) {
        let ok = look.outcome == Outcome::Success;
        let known = votes
            .iter_mut()
            .find(|(vote, _)| vote.region == look.region);
        match known {
            Some((vote, in_a_row)) => {
                *in_a_row &= vote.ok == ok;
                vote.count += u32::from(*in_a_row);
            }
            None => votes.push((first_vote(look, ok, degraded_ms), true)),
        }
    }
    let mut votes: Vec<Vote> = votes.into_iter().map(|(vote, _)| vote).collect();
    votes.sort_by(|a, b| a.region.cmp(&b.region));
    votes
}

/// A minority that failed often enough, in words; `None` where there is none, or where the state tells it already.
pub(crate) fn advisory(
    state: State,
    votes: &[Vote],
    spec: &Spec,
    now: DateTime<Utc>,
) -> Option<String> {
    if !matches!(state, State::Up | State::Degraded) {
        return None;
    }
    let oldest = now - TimeDelta::seconds(2 * i64::from(spec.check.interval_s));
    let fresh: Vec<&Vote> = votes.iter().filter(|vote| vote.tick_at >= oldest).collect();
    let failing = fresh
        .iter()
        .filter(|vote| !vote.ok && vote.count >= spec.failure_threshold);
    let regions: Vec<&Region> = failing.map(|vote| &vote.region).collect();
    (!regions.is_empty()).then(|| monitor::advisory("failing", &regions, fresh.len()))
}

fn first_vote(look: &Look, ok: bool, degraded_ms: Option<u32>) -> Vote {
    let slow = degraded_ms
        .zip(look.total_time_ms)
        .is_some_and(|(limit_ms, total_ms)| ok && total_ms > f64::from(limit_ms));
    Vote {
        region: look.region.clone(),
        tick_at: look.tick_at,
        ok,
        slow,
        count: 1,
        total_time_ms: look.total_time_ms,
        message: look.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(region: &str, second: i64, outcome: Outcome) -> Look {
        Look {
            region: region.parse().expect("valid"),
            tick_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(second),
            outcome,
            total_time_ms: Some(120.0),
            message: Some("connection refused".to_owned()),
        }
    }

    #[test]
    fn a_vote_counts_results_in_a_row_and_skips_who_could_not_look() {
        let looks = [
            look("b", 50, Outcome::Failure),
            look("a", 50, Outcome::Missed),
            look("a", 40, Outcome::Success),
            look("b", 40, Outcome::Failure),
            look("b", 30, Outcome::Success),
            look("b", 20, Outcome::Failure),
        ];
        let votes = votes(&looks, Some(100));
        let told: Vec<_> = votes
            .iter()
            .map(|vote| (vote.region.as_str(), vote.ok, vote.slow, vote.count))
            .collect();
        assert_eq!(told, [("a", true, true, 1), ("b", false, false, 2)]);
    }

    #[test]
    fn only_a_fresh_minority_that_failed_often_enough_is_advised_of() {
        let spec = serde_json::json!({"name": "API", "target": "http://api", "interval_s": 10, "failure_threshold": 2});
        let spec: Spec = serde_json::from_value(spec).expect("a description");
        let looks = [
            look("a", 100, Outcome::Success),
            look("eu-central", 100, Outcome::Failure),
            look("eu-central", 90, Outcome::Failure),
        ];
        let advise = |looks: &[Look], state, second| {
            let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
            advisory(state, &votes(looks, None), &spec, now)
        };
        assert_eq!(
            advise(&looks, State::Up, 110).as_deref(),
            Some("failing from Frankfurt (1 of 2 regions)"),
            "and not what it found"
        );
        assert_eq!(advise(&looks, State::Up, 121), None);
        assert_eq!(advise(&looks, State::Down, 110), None);
        assert_eq!(
            advise(&looks[..2], State::Up, 110),
            None,
            "once is not often"
        );
    }
}
