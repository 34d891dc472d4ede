//! The instants at which a region has to look at a monitor, and those of them that no result came from.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::{MonitorId, Region};
use contract::monitor::{Check, Monitor};
use serde::{Deserialize, Serialize};

/// A change of a monitor is in its schedule after this long.
const SETTLING: TimeDelta = TimeDelta::seconds(2);
/// A result may take this long on its way, on top of what a check may take.
pub const MARGIN: TimeDelta = TimeDelta::seconds(3);
/// Nobody asks for ticks from before this long ago any more.
const HORIZON: TimeDelta = TimeDelta::hours(24);

/// The ticks of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticks {
    pub interval_s: u32,
    /// Up to here every tick has a result, lies in a hole, or was none to expect.
    pub known_to: DateTime<Utc>,
    /// Ticks without a result, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Hole>,
}

/// Ticks in a row without a result, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    pub first: DateTime<Utc>,
    pub last: DateTime<Utc>,
}

/// The second within the interval at which a region looks at a monitor: FNV-1a (64 bit) over both, modulo the interval. Ticks are
/// those seconds since 1970 that leave this remainder: every interval divides a day.
pub fn phase(monitor: MonitorId, region: &Region, interval_s: u32) -> u32 {
    let bytes = monitor
        .0
        .as_bytes()
        .iter()
        .chain(region.as_str().as_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    u32::try_from(hash % u64::from(interval_s.max(1))).unwrap_or_default()
}

/// How long after a tick its result may come: it is begun before the next one is due, and ends within its timeout.
pub fn patience(check: &Check) -> TimeDelta {
    TimeDelta::seconds(check.interval_s.into())
        + TimeDelta::milliseconds(check.timeout_ms.into())
        + MARGIN
}

/// Makes what is remembered fit the monitor: regions that begin to look are expected to from now on. Answers whether any
/// began or ended.
pub fn keep(all: &mut BTreeMap<Region, Ticks>, monitor: &Monitor, now: DateTime<Utc>) -> bool {
    let spec = &monitor.spec;
    let looks = !spec.paused && !spec.is_heartbeat();
    let interval_s = spec.check.interval_s;
    let before = all.len();
    all.retain(|region, ticks| {
        looks && ticks.interval_s == interval_s && spec.regions.contains(region)
    });
    let kept = all.len();
    for region in spec.regions.iter().filter(|_| looks) {
        if !all.contains_key(region) {
            let begin = now.max(monitor.scheduled_at) + SETTLING;
            all.insert(region.clone(), Ticks::from(interval_s, begin));
        }
    }
    before != kept || kept != all.len()
}

/// Ticks of a region that nobody will report of any more, oldest first.
pub fn missed(
    ticks: &Ticks,
    monitor: &Monitor,
    region: &Region,
    now: DateTime<Utc>,
    limit: usize,
) -> Vec<DateTime<Utc>> {
    let until = now - patience(&monitor.spec.check);
    let rhythm = Rhythm::of(monitor, region);
    let open = Hole {
        first: rhythm.after(ticks.known_to),
        last: until,
    };
    let begin = oldest(monitor, now);
    ticks
        .holes
        .iter()
        .chain([&open])
        .flat_map(|hole| rhythm.between(hole.first.max(begin), hole.last.min(until)))
        .take(limit)
        .collect()
}

/// What happened before was paused, in another rhythm, or too long ago.
fn oldest(monitor: &Monitor, now: DateTime<Utc>) -> DateTime<Utc> {
    (monitor.scheduled_at + SETTLING).max(now - HORIZON)
}

impl Ticks {
    /// None is expected up to `begin`.
    pub fn from(interval_s: u32, begin: DateTime<Utc>) -> Self {
        Self {
            interval_s,
            known_to: begin,
            holes: Vec::new(),
        }
    }

    /// A result of a tick is there; one that was not expected is no matter.
    pub fn note(
        &mut self,
        monitor: &Monitor,
        region: &Region,
        tick_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) {
        let rhythm = Rhythm::of(monitor, region);
        if !rhythm.has(tick_at) {
            return;
        }
        if tick_at <= self.known_to {
            self.fill(rhythm, tick_at);
        } else {
            let first = rhythm.after(self.known_to);
            if first < tick_at {
                let last = tick_at - rhythm.interval();
                self.holes.push(Hole { first, last });
            }
            self.known_to = tick_at;
        }
        let begin = oldest(monitor, now);
        self.holes.retain(|hole| hole.last >= begin);
    }

    fn fill(&mut self, rhythm: Rhythm, tick_at: DateTime<Utc>) {
        let within = |hole: &Hole| (hole.first..=hole.last).contains(&tick_at);
        let Some(index) = self.holes.iter().position(within) else {
            return;
        };
        let hole = self.holes[index];
        let before = Hole {
            last: tick_at - rhythm.interval(),
            ..hole
        };
        let after = Hole {
            first: tick_at + rhythm.interval(),
            ..hole
        };
        let rest = [before, after].into_iter().filter(|it| it.first <= it.last);
        self.holes.splice(index..=index, rest);
    }
}

/// Every so many seconds, at one phase.
#[derive(Clone, Copy)]
struct Rhythm {
    interval_s: i64,
    phase_s: i64,
}

impl Rhythm {
    fn of(monitor: &Monitor, region: &Region) -> Self {
        let interval_s = monitor.spec.check.interval_s;
        Self {
            interval_s: interval_s.max(1).into(),
            phase_s: phase(monitor.id, region, interval_s).into(),
        }
    }

    fn interval(self) -> TimeDelta {
        TimeDelta::seconds(self.interval_s)
    }

    fn has(self, at: DateTime<Utc>) -> bool {
        at.timestamp_subsec_nanos() == 0
            && (at.timestamp() - self.phase_s).rem_euclid(self.interval_s) == 0
    }

    /// The first tick later than `at`.
    fn after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let passed = (at.timestamp() - self.phase_s).rem_euclid(self.interval_s);
        let next = at.timestamp() - passed + self.interval_s;
        DateTime::from_timestamp(next, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The ticks between two instants, both included.
    fn between(
        self,
        first: DateTime<Utc>,
        last: DateTime<Utc>,
    ) -> impl Iterator<Item = DateTime<Utc>> {
        let first = self.after(first - TimeDelta::nanoseconds(1));
        std::iter::successors(Some(first), move |tick| Some(*tick + self.interval()))
            .take_while(move |tick| *tick <= last)
    }
}

#[cfg(test)]
mod tests;
