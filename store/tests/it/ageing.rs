//! Samples from the hour in which they came to the day on which they are forgotten.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contract::access;
use contract::query::{Aggregate, Query, Range, Resolution};

use crate::deployment::{Deployment, Owner, SAMPLES};
use crate::messages::{batch, now, push};

/// Younger than a day, than a week, than a month, than a year.
const AGES_H: [i64; 4] = [3, 50, 10 * 24, 300 * 24];
const EACH: usize = 60;

/// The begins of the hours that the samples of each age fall into.
fn hours() -> [DateTime<Utc>; 4] {
    let hour = now().duration_trunc(TimeDelta::hours(1)).expect("an hour");
    AGES_H.map(|age_h| hour - TimeDelta::hours(age_h))
}

/// How many samples there were in and beside an hour, by the coarsest tier; 0 where nobody knows any more.
async fn counted(deployment: &Deployment, owner: &Owner, hour: DateTime<Utc>) -> f64 {
    let range = Range {
        metric: "cpu".to_owned(),
        matchers: Vec::new(),
        aggregate: Aggregate::Count,
        group_by: Vec::new(),
        from_ms: (hour - TimeDelta::hours(1)).timestamp_millis(),
        to_ms: (hour + TimeDelta::hours(2)).timestamp_millis(),
        step_ms: Some(3_600_000),
        max_points: None,
    };
    let answer = deployment.ask(&owner.caller, Query { range }).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.resolution, Resolution::Hour);
    let points = answer.series.iter().flat_map(|series| &series.points);
    points.fold(0.0, |sum, point| sum + point.1)
}

/// Blocks, hours of minutes, and days of hours.
async fn kept(deployment: &Deployment, owner: &Owner) -> [i64; 3] {
    let count = |table| deployment.count(owner.tenant, table);
    [
        count("sample_block").await,
        count("rollup_minute").await,
        count("rollup_hour").await,
    ]
}

#[tokio::test]
async fn samples_become_blocks_then_minutes_then_hours_and_are_forgotten() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let hours = hours();
    for hour in hours {
        let newest = hour + TimeDelta::minutes(10);
        let id = hour.to_rfc3339();
        push(
            &ingress,
            owner.tenant,
            &id,
            &batch("cpu", &[], newest, &[0.5; EACH]),
        )
        .await;
    }
    let all = i64::try_from(EACH * AGES_H.len()).expect("few");
    deployment
        .eventually_count(owner.tenant, SAMPLES, all)
        .await;

    // A backfill may come in pieces: its blocks stay for a day, however old it is.
    deployment.close_all(owner.tenant).await;
    assert_eq!(deployment.count(owner.tenant, SAMPLES).await, all);
    assert_eq!(kept(&deployment, &owner).await, [4, 2, 4]);

    let later = "update sample_hour set closed_at = closed_at - interval '2 days'";
    deployment.execute(owner.tenant, later).await;
    deployment.tidy().await;
    assert_eq!(kept(&deployment, &owner).await, [1, 2, 4]);
    for hour in hours {
        let counted = counted(&deployment, &owner, hour).await;
        assert_eq!(counted.to_bits(), 60_f64.to_bits(), "of {hour}");
    }

    let shorter = "update tenant set hour_months = 1 where slug = 'acme'";
    deployment.execute(owner.tenant, shorter).await;
    deployment.tidy().await;
    assert_eq!(kept(&deployment, &owner).await, [1, 2, 3]);
    let [.., younger, oldest] = hours;
    let counts = [
        counted(&deployment, &owner, younger).await,
        counted(&deployment, &owner, oldest).await,
    ];
    assert_eq!(counts.map(f64::to_bits), [60.0, 0.0].map(f64::to_bits));
    let left =
        "(select from chunk where parent = 'sample' and begin_at < now() - interval '2 days') old";
    assert_eq!(
        deployment.count(owner.tenant, left).await,
        0,
        "empty partitions are gone"
    );
    deployment.stop().await;
}
