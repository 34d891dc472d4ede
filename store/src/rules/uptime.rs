//! Uptime from state changes, by duration: what part of a period a monitor was up, down, looked after, or not looked at.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use contract::monitor::{Day, State, Uptime};
use serde::Deserialize;

/// A change to a state, as far as uptime cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Change {
    pub(crate) at: DateTime<Utc>,
    pub(crate) to: State,
}

/// Which state held when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timeline {
    /// Each state holds until the next one begins; the last one still does. In order of time, never empty.
    spans: Vec<(DateTime<Utc>, State)>,
}

impl Timeline {
    /// From changes in the order they were decided. A later decision may be dated back: it overrules what was thought before.
    /// Between `created_at` and the first change nobody knows.
    pub(crate) fn new(
        created_at: DateTime<Utc>,
        changes: impl IntoIterator<Item = Change>,
    ) -> Self {
        let mut spans: Vec<(DateTime<Utc>, State)> = Vec::new();
        for change in changes {
            while spans.last().is_some_and(|(at, _)| *at >= change.at) {
                spans.pop();
            }
            spans.push((change.at, change.to));
        }
        if spans.first().is_none_or(|(at, _)| *at > created_at) {
            spans.insert(0, (created_at, State::Unknown));
        }
        Self { spans }
    }

    /// What is known of the period; nothing before the monitor existed.
    pub(crate) fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Uptime {
        let ends = self.spans.iter().skip(1).map(|(at, _)| *at).chain([to]);
        self.spans
            .iter()
            .zip(ends)
            .map(|((begin, state), end)| {
                // Whole seconds of both ends, so that neighbouring periods add up exactly.
                let length_s = end.min(to).timestamp() - (*begin).max(from).timestamp();
                of_state(*state, length_s.max(0))
            })
            .sum()
    }

    /// One entry for each day of `first..=last` that had begun at `now`.
    pub(crate) fn days(&self, first: NaiveDate, last: NaiveDate, now: DateTime<Utc>) -> Vec<Day> {
        first
            .iter_days()
            .take_while(|date| *date <= last && begin_of(*date) < now)
            .map(|date| Day {
                date,
                uptime: self.between(begin_of(date), end_of(date).min(now)),
            })
            .collect()
    }
}

/// The first instant of a UTC day.
pub(crate) fn begin_of(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// The first instant after a UTC day.
pub(crate) fn end_of(date: NaiveDate) -> DateTime<Utc> {
    begin_of(date + Days::new(1))
}

fn of_state(state: State, length_s: i64) -> Uptime {
    let none = Uptime::default();
    match state {
        State::Up | State::Degraded => Uptime {
            up_s: length_s,
            ..none
        },
        State::Down => Uptime {
            down_s: length_s,
            ..none
        },
        State::Maintenance => Uptime {
            maintenance_s: length_s,
            ..none
        },
        State::Unknown | State::Paused => Uptime {
            unknown_s: length_s,
            ..none
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn timeline(changes: &[(i64, State)]) -> Timeline {
        let changes = changes.iter().map(|&(seconds, to)| Change {
            at: at(seconds),
            to,
        });
        Timeline::new(at(0), changes)
    }

    fn seconds(uptime: Uptime) -> [i64; 4] {
        [
            uptime.up_s,
            uptime.down_s,
            uptime.unknown_s,
            uptime.maintenance_s,
        ]
    }

    #[test]
    fn each_second_counts_for_the_state_that_held() {
        let timeline = timeline(&[
            (10, State::Up),
            (20, State::Down),
            (25, State::Degraded),
            (30, State::Maintenance),
            (40, State::Paused),
        ]);
        assert_eq!(seconds(timeline.between(at(0), at(50))), [15, 5, 20, 10]);
        assert_eq!(seconds(timeline.between(at(22), at(26))), [1, 3, 0, 0]);
    }

    #[test]
    fn nothing_is_known_before_the_monitor_existed() {
        assert_eq!(
            seconds(timeline(&[]).between(at(-100), at(7))),
            [0, 0, 7, 0]
        );
        assert_eq!(seconds(timeline(&[]).between(at(-100), at(-50))), [0; 4]);
    }

    #[test]
    fn a_decision_that_is_dated_back_overrules_what_was_thought() {
        let timeline = timeline(&[
            (0, State::Up),
            (100, State::Degraded),
            (90, State::Down),
            (120, State::Up),
        ]);
        assert_eq!(seconds(timeline.between(at(0), at(200))), [170, 30, 0, 0]);
    }

    #[test]
    fn history_from_before_the_creation_counts() {
        let timeline = timeline(&[(-50, State::Up)]);
        assert_eq!(seconds(timeline.between(at(-100), at(10))), [60, 0, 0, 0]);
    }

    #[test]
    fn days_add_up_to_the_whole_period_whatever_the_fractions() {
        let begin = at(0) + TimeDelta::milliseconds(700);
        let changes = (0..500).map(|n: i32| Change {
            at: begin + TimeDelta::milliseconds(i64::from(n) * 777_777),
            to: if n % 3 == 0 { State::Down } else { State::Up },
        });
        let timeline = Timeline::new(begin, changes);
        let now = at(5 * 86_400 - 1);
        let first = at(0).date_naive();
        let days = timeline.days(first, first + Days::new(10), now);
        assert_eq!(days.len(), 5);
        let total: Uptime = days.iter().map(|day| day.uptime).sum();
        assert_eq!(total, timeline.between(at(0), now));
        assert_eq!(total.up_s + total.down_s, 5 * 86_400 - 1);
    }
}
