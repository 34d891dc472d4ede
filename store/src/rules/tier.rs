//! Which tier answers a question: the coarsest one that can, of those that still hold the time and do not cost too much.

use chrono::{DateTime, TimeDelta, Utc};
use contract::query::{Aggregate, Range, Resolution};
use contract::rpc::Error;

use super::range::{self, Plan};
use super::rollup::{DAY_MS, HOUR_MS, MINUTE_MS, begin_of};

/// From the coarsest to the finest.
const TIERS: [Resolution; 3] = [Resolution::Hour, Resolution::Minute, Resolution::Raw];
/// How far before a range the rate of its first step looks for a value to compare with, at least.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(5);

/// How long a tenant's samples are kept in which resolution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) raw: TimeDelta,
    pub(crate) minutes: TimeDelta,
}

/// What is going to be read, and how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) resolution: Resolution,
    pub(crate) plan: Plan,
    /// Before the plan's begin for a rate: its first step is compared with what was before.
    pub(crate) read_from: DateTime<Utc>,
}

/// Chooses for `series` series that become `groups` of an answer.
pub(crate) fn choose(
    asked: &Range,
    series: usize,
    groups: usize,
    kept: Kept,
    now: DateTime<Utc>,
) -> Result<Choice, Error> {
    let plan = range::plan(asked, groups)?;
    if asked.aggregate == Aggregate::None {
        let from = DateTime::from_timestamp_millis(asked.from_ms).unwrap_or(plan.from);
        let from = from
            .max(plan.from)
            .max(now - kept.raw - TimeDelta::hours(1));
        let plan = Plan { from, ..plan };
        let choice = Choice {
            resolution: Resolution::Raw,
            plan,
            read_from: from,
        };
        return affordable(choice, series)
            .then_some(choice)
            .ok_or_else(too_much);
    }
    let step_ms = plan.step.num_milliseconds();
    let exact = TIERS
        .into_iter()
        .position(|tier| step_ms % width_ms(tier) == 0)
        .unwrap_or(TIERS.len() - 1);
    // What the finer one no longer holds, or cannot be asked for, the coarser one tells in longer steps.
    let candidates = TIERS[..=exact].iter().rev();
    let mut choices = candidates.map(|tier| at(*tier, plan, asked.aggregate));
    choices
        .find(|choice| {
            holds(choice.resolution, choice.plan.from, kept, now) && affordable(*choice, series)
        })
        .ok_or_else(too_much)
}

/// The width of a tier's buckets; every step is a multiple of a raw sample's.
pub(crate) fn width_ms(resolution: Resolution) -> i64 {
    match resolution {
        Resolution::Raw => 1,
        Resolution::Minute => MINUTE_MS,
        Resolution::Hour => HOUR_MS,
    }
}

fn at(resolution: Resolution, plan: Plan, aggregate: Aggregate) -> Choice {
    let width_ms = width_ms(resolution);
    let step_ms = plan.step.num_milliseconds();
    let step_ms = (step_ms + width_ms - 1) / width_ms * width_ms;
    let from = instant(begin_of(plan.from.timestamp_millis(), step_ms));
    let plan = Plan {
        from,
        step: TimeDelta::milliseconds(step_ms),
        ..plan
    };
    let before = match aggregate {
        Aggregate::Rate => plan.step.max(LOOK_BACK),
        _ => TimeDelta::zero(),
    };
    Choice {
        resolution,
        plan,
        read_from: instant(begin_of((from - before).timestamp_millis(), width_ms)),
    }
}

/// The last tier holds whatever is left.
fn holds(resolution: Resolution, from: DateTime<Utc>, kept: Kept, now: DateTime<Utc>) -> bool {
    match resolution {
        Resolution::Raw => from >= now - kept.raw,
        Resolution::Minute => from >= now - kept.minutes,
        Resolution::Hour => true,
    }
}

/// Whether so many packed rows may be read: one holds an hour, or a day of the coarsest tier.
fn affordable(choice: Choice, series: usize) -> bool {
    let (row_ms, most) = match choice.resolution {
        Resolution::Raw => (HOUR_MS, 5_000),
        Resolution::Minute => (HOUR_MS, 50_000),
        Resolution::Hour => (DAY_MS, 100_000),
    };
    let length_ms = (choice.plan.to - choice.read_from).num_milliseconds();
    let rows = length_ms / row_ms + 1;
    rows.saturating_mul(i64::try_from(series).unwrap_or(i64::MAX)) <= most
}

fn too_much() -> Error {
    Error::invalid(
        "match",
        "too much would have to be read: match fewer series, or ask for a shorter range",
    )
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Kept = Kept {
        raw: TimeDelta::hours(24),
        minutes: TimeDelta::days(7),
    };

    fn ask(hours: i64, step_ms: Option<i64>, aggregate: Aggregate) -> (Range, DateTime<Utc>) {
        let now = instant(1_800_000_000_000);
        let range = serde_json::json!({
            "metric": "cpu", "aggregate": aggregate, "step_ms": step_ms,
            "from_ms": (now - TimeDelta::hours(hours)).timestamp_millis(), "to_ms": now.timestamp_millis(),
        });
        (serde_json::from_value(range).expect("a range"), now)
    }

    fn chosen(hours: i64, step_ms: Option<i64>, series: usize) -> (Resolution, i64) {
        let (range, now) = ask(hours, step_ms, Aggregate::Avg);
        let choice = choose(&range, series, 1, KEPT, now).expect("affordable");
        (choice.resolution, choice.plan.step.num_milliseconds())
    }

    #[test]
    fn the_coarsest_tier_that_divides_the_step_and_still_holds_the_range_answers() {
        assert_eq!(chosen(1, None, 1), (Resolution::Raw, 15_000));
        assert_eq!(chosen(6, None, 1), (Resolution::Minute, 120_000));
        assert_eq!(chosen(24 * 365, None, 1), (Resolution::Hour, 172_800_000));
        assert_eq!(
            chosen(24, Some(3_600_000), 1),
            (Resolution::Hour, 3_600_000)
        );
        // Raw samples of two days ago are gone, minutes of two weeks ago too.
        assert_eq!(chosen(48, Some(90_000), 1), (Resolution::Minute, 120_000));
        assert_eq!(
            chosen(24 * 14, Some(900_000), 1),
            (Resolution::Hour, 3_600_000)
        );
    }

    #[test]
    fn what_costs_too_much_is_answered_in_longer_steps_or_refused() {
        assert_eq!(chosen(20, Some(45_000), 10_000).0, Resolution::Hour);
        assert_eq!(chosen(20, Some(45_000), 1_000).0, Resolution::Minute);
        let (range, now) = ask(24 * 365, None, Aggregate::Avg);
        assert!(choose(&range, 10_000, 1, KEPT, now).is_err());
        let (range, now) = ask(20, None, Aggregate::None);
        assert!(choose(&range, 1_000, 1_000, KEPT, now).is_err());
    }

    #[test]
    fn a_rate_reads_what_was_before_and_stored_points_only_what_is_kept() {
        let (range, now) = ask(1, Some(60_000), Aggregate::Rate);
        let rate = choose(&range, 1, 1, KEPT, now).expect("affordable");
        assert_eq!(rate.plan.from - rate.read_from, LOOK_BACK);
        let (range, now) = ask(24 * 300, None, Aggregate::None);
        let stored = choose(&range, 1, 1, KEPT, now).expect("affordable");
        assert_eq!(now - stored.read_from, TimeDelta::hours(25));
    }
}
