//! Checks are rolled up, whatever comes late.

use std::sync::OnceLock;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contract::access;
use contract::id::MonitorId;
use contract::monitor::{ReadTimings, ResponseTimes, Summarize, Summary};
use contract::probe::{Finished, Phase, Timings};
use contract::query::Resolution;

use crate::deployment::{Deployment, Owner};
use crate::messages::{now, report, result};

/// The begin of an hour that is over. It stays the same when a new hour begins meanwhile.
fn past(hours: i64) -> DateTime<Utc> {
    static BEGUN_AT: OnceLock<DateTime<Utc>> = OnceLock::new();
    let hour = *BEGUN_AT.get_or_init(now) - TimeDelta::hours(hours);
    hour.duration_trunc(TimeDelta::hours(1)).expect("an hour")
}

/// A check that took this long, all of it to connect.
fn check(owner: &Owner, monitor: MonitorId, tick_at: DateTime<Utc>, ms: u32) -> Finished {
    Finished {
        tick_at,
        started_at: tick_at,
        timings: Timings {
            tcp_connect_ms: Some(f64::from(ms)),
            total_time_ms: Some(f64::from(ms)),
            ..Timings::default()
        },
        ..result(owner.tenant, monitor, "eu-central", 0, true)
    }
}

async fn timings(
    deployment: &Deployment,
    owner: &Owner,
    id: MonitorId,
    hours: i64,
) -> ResponseTimes {
    let request = ReadTimings {
        id,
        from_ms: past(hours).timestamp_millis(),
        to_ms: past(0).timestamp_millis(),
        region: None,
        phase: None,
        max_points: None,
    };
    deployment
        .ask(&owner.caller, request)
        .await
        .expect("timings")
}

async fn summary(deployment: &Deployment, owner: &Owner, id: MonitorId) -> Summary {
    let numbers = deployment.ask(&owner.caller, Summarize { id }).await;
    // The numbers that change while nothing happens.
    Summary {
        coverage: None,
        coverage_by_window: [].into(),
        ..numbers.expect("numbers")
    }
}

/// The transaction that wrote each hour, oldest first.
async fn written(deployment: &Deployment) -> Vec<String> {
    let rows = sqlx::query_scalar("select xmin::text from result_minute order by hour");
    rows.fetch_all(&deployment.pool).await.expect("rows")
}

fn near(value: f64, expected: f64) -> bool {
    (value - expected).abs() <= expected * 0.01
}

#[tokio::test]
async fn roll_ups_tell_what_the_results_told() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await.id;
    let prober = deployment.bus(access::PROBER).await;
    for n in 0..40_u32 {
        let tick_at = past(5) + TimeDelta::seconds(i64::from(n) * 50);
        report(&prober, &check(&owner, monitor, tick_at, 100 + n)).await;
    }
    let failed = result(owner.tenant, monitor, "us-east", 0, false);
    let tick_at = past(4) + TimeDelta::minutes(1);
    report(&prober, &Finished { tick_at, ..failed }).await;
    deployment
        .eventually_count(owner.tenant, "probe_result", 41)
        .await;

    let (day, month) = (
        timings(&deployment, &owner, monitor, 24).await,
        timings(&deployment, &owner, monitor, 720).await,
    );
    assert_eq!(
        (day.resolution, month.resolution),
        (Resolution::Minute, Resolution::Hour)
    );
    let phases: Vec<_> = day.series.iter().map(|series| series.phase).collect();
    assert_eq!(phases, [Phase::TcpConnect, Phase::TotalTime]);
    let ended = |times: &ResponseTimes| -> Vec<_> {
        let regions = times.outcomes.iter().map(|outcomes| {
            let ended = |of: fn(&(i64, u64, u64, u64)) -> u64| outcomes.points.iter().map(of).sum();
            let counts: [u64; 3] = [ended(|it| it.1), ended(|it| it.2), ended(|it| it.3)];
            (outcomes.region.to_string(), counts)
        });
        regions.collect()
    };
    let expected = [
        ("eu-central".to_owned(), [40, 0, 0]),
        ("us-east".to_owned(), [0, 1, 0]),
    ];
    assert_eq!(
        (ended(&day), ended(&month)),
        (expected.to_vec(), expected.to_vec())
    );
    assert!(
        day.step_ms >= 60_000 && month.step_ms >= 3_600_000,
        "{day:?}"
    );
    let before = summary(&deployment, &owner, monitor).await;
    assert_eq!((before.success_24h, before.failure_24h), (40, 1));
    assert_eq!(before.uptime_requests["30d"], Some(40.0 / 41.0));
    let eu = &before.phases_ms[&"eu-central".parse().expect("a region")];
    assert!(near(eu[&Phase::TcpConnect].p50, 119.0), "{eu:?}");

    deployment.tidy().await;
    deployment
        .eventually_count(owner.tenant, "result_open", 0)
        .await;
    deployment
        .eventually_count(owner.tenant, "result_minute", 2)
        .await;
    // Only roll-ups are left to answer.
    sqlx::query("delete from probe_result")
        .execute(&deployment.pool)
        .await
        .expect("deleted");
    assert_eq!(timings(&deployment, &owner, monitor, 24).await, day);
    assert_eq!(timings(&deployment, &owner, monitor, 720).await, month);
    assert_eq!(summary(&deployment, &owner, monitor).await, before);
    let page = deployment.first_page("acme").await;
    let response = page.response.expect("it was measured").points;
    assert_eq!(response.len(), 1);
    assert_eq!(response[0].0, past(5).timestamp_millis());
    assert!(near(response[0].1, 119.0), "{response:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_late_result_opens_exactly_its_hour_and_a_repeated_one_changes_nothing() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await.id;
    let prober = deployment.bus(access::PROBER).await;
    let first = check(&owner, monitor, past(4), 100);
    report(&prober, &first).await;
    let other = check(&owner, monitor, past(6), 100);
    report(&prober, &other).await;
    deployment
        .eventually_count(owner.tenant, "probe_result", 2)
        .await;
    deployment.tidy().await;
    deployment
        .eventually_count(owner.tenant, "result_open", 0)
        .await;

    let written = written(&deployment).await;
    let late = check(&owner, monitor, past(4) + TimeDelta::minutes(1), 200);
    report(&prober, &late).await;
    deployment
        .eventually_count(owner.tenant, "probe_result", 3)
        .await;
    let open = summary(&deployment, &owner, monitor).await;
    assert_eq!(open.success_24h, 3);
    futures_util::future::join_all((0..3).map(|_| deployment.tidy())).await;
    deployment
        .eventually_count(owner.tenant, "result_open", 0)
        .await;
    assert_eq!(summary(&deployment, &owner, monitor).await, open);
    let again = self::written(&deployment).await;
    assert_eq!(again[0], written[0], "the other hour was left alone");
    assert_ne!(again[1], written[1]);
    deployment.tidy().await;
    assert_eq!(summary(&deployment, &owner, monitor).await, open);

    let delete = contract::monitor::Delete { id: monitor };
    deployment
        .ask(&owner.caller, delete)
        .await
        .expect("deleted");
    for table in ["result_minute", "result_hour", "result_open"] {
        assert_eq!(deployment.count(owner.tenant, table).await, 0, "{table}");
    }
    deployment.stop().await;
}
