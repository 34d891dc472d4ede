//! Made-up checks of the last day, so that charts of response times are full.

use std::f64::consts::TAU;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use contract::id::Region;
use contract::monitor::{Monitor, State};
use contract::probe::{Finished, Outcome, Reason, Timings};
use uuid::Uuid;

use super::history::{History, Spell};
use super::random::Random;

/// A check a minute is enough for a chart.
const LEAST_INTERVAL_S: u32 = 60;

/// Checks of every region between a day ago and the end of the history.
pub(super) fn of_last_day(
    monitor: &Monitor,
    history: &History,
    now: DateTime<Utc>,
) -> Vec<Finished> {
    let every = TimeDelta::seconds(monitor.spec.check.interval_s.max(LEAST_INTERVAL_S).into());
    let mut random = Random::new(Uuid::new_v5(&monitor.id.0, b"results"));
    let base_ms = f64::from(random.between(20, 90));
    let mut results = Vec::new();
    for (position, region) in (0_u32..).zip(&monitor.spec.regions) {
        let distance_ms = f64::from(position * 35 + random.between(4, 16));
        let mut tick_at = now - TimeDelta::hours(24);
        while tick_at < history.end {
            let total_ms = total_ms(base_ms, distance_ms, tick_at, &mut random);
            results.push(result(
                monitor,
                region,
                tick_at,
                total_ms,
                distance_ms,
                history.at(tick_at),
            ));
            tick_at += every;
        }
    }
    results
}

/// Slower by day than by night, noisy, and now and then much slower.
fn total_ms(base_ms: f64, distance_ms: f64, at: DateTime<Utc>, random: &mut Random) -> f64 {
    let hour = f64::from(at.num_seconds_from_midnight()) / 3_600.0;
    let load = 1.0 + 0.35 * (TAU * (hour - 9.0) / 24.0).sin();
    let noise = 0.85 + 0.3 * random.unit();
    let spike = if random.once_in(60) {
        2.0 + 3.0 * random.unit()
    } else {
        1.0
    };
    base_ms * load * noise * spike + 3.0 * distance_ms
}

fn result(
    monitor: &Monitor,
    region: &Region,
    tick_at: DateTime<Utc>,
    total_ms: f64,
    distance_ms: f64,
    spell: Option<&Spell>,
) -> Finished {
    let failed = spell.filter(|spell| spell.state == State::Down);
    let slowed = if spell.is_some() { 4.0 } else { 1.0 };
    Finished {
        monitor: monitor.id,
        tenant: monitor.tenant,
        region: region.clone(),
        tick_at,
        started_at: tick_at,
        prober: "demo".to_owned(),
        outcome: if failed.is_some() {
            Outcome::Failure
        } else {
            Outcome::Success
        },
        reason: failed.map(|_| Reason::ConnectionError),
        message: failed.map(|spell| spell.symptom.to_owned()),
        status_code: failed.is_none().then_some(200),
        timings: if failed.is_some() {
            Timings::default()
        } else {
            timings(total_ms * slowed, distance_ms)
        },
        hops: Vec::new(),
        certificate: None,
        simulated: true,
        trace: None,
    }
}

fn timings(total_ms: f64, distance_ms: f64) -> Timings {
    let secure_ms = distance_ms * 1.1;
    let transfer_ms = total_ms * 0.06;
    Timings {
        dns_lookup_ms: Some(0.8),
        tcp_connect_ms: Some(distance_ms),
        tls_handshake_ms: Some(secure_ms),
        time_to_first_byte_ms: Some(total_ms - 0.8 - distance_ms - secure_ms - transfer_ms),
        transfer_ms: Some(transfer_ms),
        total_time_ms: Some(total_ms),
    }
}
