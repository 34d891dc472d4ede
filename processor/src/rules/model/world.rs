//! A monitor and its history in seconds, for tests.

use chrono::{DateTime, TimeDelta, Utc};
use contract::event::Event;
use contract::id::{MonitorId, TenantId};
use contract::monitor::{Monitor, Spec, State};
use contract::probe::{Finished, Outcome, Timings};
use uuid::Uuid;

use crate::rules::monitor::Memory;

pub(crate) const A: &str = "eu-central";
pub(crate) const B: &str = "us-east";
pub(crate) const C: &str = "here";

/// 20 November 2026, 14:00 and so many seconds.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-20T14:00:00Z".parse().expect("an instant");
    start + TimeDelta::seconds(seconds)
}

/// Looked at every 10 s with a timeout of 1 s, so a result counts for 22 s.
pub(crate) fn monitor(regions: &[&str]) -> Monitor {
    let spec = serde_json::json!({
        "name": "Public API",
        "target": "https://example.com",
        "interval_s": 10,
        "timeout_ms": 1_000,
        "regions": regions,
    });
    Monitor {
        id: MonitorId(Uuid::from_u128(0x4242)),
        tenant: TenantId(Uuid::from_u128(0x17)),
        revision: 1,
        ping_key: None,
        scheduled_at: DateTime::UNIX_EPOCH,
        spec: serde_json::from_value(spec).expect("a monitor"),
    }
}

/// A ping every minute, with a grace of 5 s.
fn heartbeat() -> Monitor {
    let spec =
        serde_json::json!({"name": "Backup", "kind": "heartbeat", "interval_s": 60, "grace_s": 5});
    let spec: Spec = serde_json::from_value(spec).expect("a monitor");
    Monitor {
        spec: spec.normalized(),
        ..monitor(&[])
    }
}

pub(crate) struct World {
    pub(crate) monitor: Monitor,
    pub(crate) memory: Memory,
    /// All events so far.
    pub(crate) events: Vec<Event>,
}

impl World {
    pub(crate) fn new(regions: &[&str]) -> Self {
        Self {
            monitor: monitor(regions),
            memory: Memory::new(at(0)),
            events: Vec::new(),
        }
    }

    pub(crate) fn heartbeat() -> Self {
        Self {
            monitor: heartbeat(),
            ..Self::new(&[])
        }
    }

    /// All regions succeeded at second 0, 1, 2.
    pub(crate) fn up(regions: &[&str]) -> Self {
        let mut world = Self::new(regions);
        for (tick, region) in (0..).zip(regions) {
            world.success(region, tick);
        }
        world
    }

    /// Up at second 0, all regions failed at 10 and 20.
    pub(crate) fn down(regions: &[&str]) -> Self {
        let mut world = Self::up(regions);
        for tick in [10, 20] {
            for region in regions {
                world.failure(region, tick);
            }
        }
        world
    }

    pub(crate) fn state(&self) -> State {
        self.memory.state
    }

    pub(crate) fn success(&mut self, region: &str, tick: i64) {
        self.observe(&self.result(region, tick, true), at(tick));
    }

    pub(crate) fn failure(&mut self, region: &str, tick: i64) {
        self.observe(&self.result(region, tick, false), at(tick));
    }

    pub(crate) fn slow(&mut self, region: &str, tick: i64, took_ms: f64) {
        let mut result = self.result(region, tick, true);
        result.timings.total_time_ms = Some(took_ms);
        self.observe(&result, at(tick));
    }

    pub(crate) fn missed(&mut self, region: &str, tick: i64) {
        let mut result = self.result(region, tick, false);
        result.outcome = Outcome::Missed;
        self.observe(&result, at(tick));
    }

    pub(crate) fn sweep(&mut self, now: i64) {
        self.memory.judge(&self.monitor, at(now));
        self.events.append(&mut self.memory.outbox);
    }

    pub(crate) fn observe(&mut self, result: &Finished, now: DateTime<Utc>) -> bool {
        let counted = self.memory.observe(&self.monitor, result, now);
        self.events.append(&mut self.memory.outbox);
        counted
    }

    pub(crate) fn opened(&self) -> usize {
        let opened = |event: &&Event| matches!(event, Event::IncidentOpened(_));
        self.events.iter().filter(opened).count()
    }

    pub(crate) fn resolved(&self) -> usize {
        let resolved = |event: &&Event| matches!(event, Event::IncidentResolved(_));
        self.events.iter().filter(resolved).count()
    }

    pub(crate) fn result(&self, region: &str, tick: i64, ok: bool) -> Finished {
        Finished {
            monitor: self.monitor.id,
            tenant: self.monitor.tenant,
            region: region.parse().expect("a region"),
            tick_at: at(tick),
            started_at: at(tick),
            prober: "prober-1".to_owned(),
            outcome: if ok {
                Outcome::Success
            } else {
                Outcome::Failure
            },
            reason: None,
            message: (!ok).then(|| "connection refused".to_owned()),
            status_code: None,
            timings: Timings {
                total_time_ms: Some(20.0),
                ..Timings::default()
            },
            hops: Vec::new(),
            certificate: None,
            simulated: false,
            trace: None,
        }
    }
}
