//! What probers find.

use chrono::{DateTime, TimeDelta, Utc};
use contract::monitor::Monitor;
use contract::probe::{Finished, Outcome, Timings};

pub(crate) fn ago(seconds: i64) -> DateTime<Utc> {
    service::now() - TimeDelta::seconds(seconds)
}

pub(crate) fn result(
    monitor: &Monitor,
    region: &str,
    tick_at: DateTime<Utc>,
    ok: bool,
) -> Finished {
    Finished {
        monitor: monitor.id,
        tenant: monitor.tenant,
        region: region.parse().expect("a region"),
        tick_at,
        started_at: tick_at,
        prober: "prober-1".to_owned(),
        outcome: if ok {
            Outcome::Success
        } else {
            Outcome::Failure
        },
        reason: None,
        message: (!ok).then(|| "connection refused".to_owned()),
        status_code: ok.then_some(200),
        timings: Timings {
            total_time_ms: Some(12.5),
            ..Timings::default()
        },
        hops: Vec::new(),
        certificate: None,
        simulated: false,
        trace: None,
    }
}
