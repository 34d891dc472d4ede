//! A question is answered alike whatever its samples have become.

use std::sync::OnceLock;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contract::access;
use contract::query::{Aggregate, Answer, LOOK_BACK_MS, Latest, Query, Range, Resolution};
use contract::rpc::Error;

use crate::deployment::{Deployment, Owner, SAMPLES};
use crate::messages::{batch, now, push};

const ALL: [Aggregate; 10] = [
    Aggregate::None,
    Aggregate::Avg,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::Sum,
    Aggregate::Count,
    Aggregate::Rate,
    Aggregate::P50,
    Aggregate::P95,
    Aggregate::P99,
];

/// The begin of an hour that is over. It stays the same when a new hour begins meanwhile.
fn past(hours: i64) -> DateTime<Utc> {
    static BEGUN_AT: OnceLock<DateTime<Utc>> = OnceLock::new();
    let hour = *BEGUN_AT.get_or_init(now) - TimeDelta::hours(hours);
    hour.duration_trunc(TimeDelta::hours(1)).expect("an hour")
}

fn range(aggregate: Aggregate, step_ms: i64) -> Range {
    Range {
        metric: "cpu".to_owned(),
        matchers: Vec::new(),
        aggregate,
        group_by: Vec::new(),
        from_ms: past(5).timestamp_millis(),
        to_ms: past(2).timestamp_millis(),
        step_ms: Some(step_ms),
        max_points: None,
    }
}

async fn ask(deployment: &Deployment, owner: &Owner, range: Range) -> Answer {
    let answer = deployment.ask(&owner.caller, Query { range }).await;
    answer.expect("an answer")
}

/// The answer to every question, in steps of thirty seconds, of two minutes and of an hour.
async fn answers(deployment: &Deployment, owner: &Owner) -> Vec<Answer> {
    let mut answers = Vec::new();
    for step_ms in [30_000, 120_000, 3_600_000] {
        for aggregate in ALL {
            answers.push(ask(deployment, owner, range(aggregate, step_ms)).await);
        }
    }
    answers
}

/// Values that go up, and start again now and then.
fn values(count: i32) -> Vec<f64> {
    (0..count).map(|n| f64::from(n % 37)).collect()
}

#[tokio::test]
async fn rows_blocks_and_roll_ups_give_the_same_answers() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    for host in ["a", "b"] {
        // Across the end of an hour.
        let newest = past(4) + TimeDelta::minutes(9);
        let batch = batch("cpu", &[("host", host)], newest, &values(900));
        push(&ingress, owner.tenant, host, &batch).await;
    }
    deployment
        .eventually_count(owner.tenant, SAMPLES, 1_800)
        .await;
    let hot = answers(&deployment, &owner).await;
    let told: Vec<_> = [0, 10, 20].map(|n| hot[n + 5].resolution).into();
    assert_eq!(
        told,
        [Resolution::Raw, Resolution::Minute, Resolution::Hour]
    );
    let counted: f64 = hot[25].series[0].points.iter().map(|point| point.1).sum();
    assert_eq!(counted.to_bits(), 1_800_f64.to_bits());
    deployment.close_all(owner.tenant).await;
    assert_eq!(answers(&deployment, &owner).await, hot);

    // Late samples open their hour again; repeated ones change nothing.
    let late = batch(
        "cpu",
        &[("host", "a")],
        past(4) + TimeDelta::minutes(20),
        &values(30),
    );
    push(&ingress, owner.tenant, "late", &late).await;
    let again = batch(
        "cpu",
        &[("host", "a")],
        past(4) + TimeDelta::minutes(9),
        &[-7.0; 60],
    );
    push(&ingress, owner.tenant, "again", &again).await;
    deployment
        .eventually_count(owner.tenant, "sample", 90)
        .await;
    let reopened = answers(&deployment, &owner).await;
    let counted: f64 = reopened[25].series[0]
        .points
        .iter()
        .map(|point| point.1)
        .sum();
    assert_eq!(counted.to_bits(), 1_830_f64.to_bits());
    let least = reopened[22].series[0].points.iter().map(|point| point.1);
    assert!(least.fold(f64::MAX, f64::min) >= 0.0);
    deployment.close_all(owner.tenant).await;
    assert_eq!(answers(&deployment, &owner).await, reopened);
    deployment.stop().await;
}

#[tokio::test]
async fn what_raw_samples_no_longer_tell_the_next_tier_does() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let newest = past(4) + TimeDelta::minutes(9);
    let batch = batch("cpu", &[("host", "a")], newest, &values(120));
    push(&ingress, owner.tenant, "1", &batch).await;
    deployment
        .eventually_count(owner.tenant, SAMPLES, 120)
        .await;
    deployment.close_all(owner.tenant).await;
    let latest = |at: DateTime<Utc>| Latest {
        metric: "cpu".to_owned(),
        matchers: vec!["host=~a|b".parse().expect("a matcher")],
        at_ms: Some(at.timestamp_millis()),
    };
    let found = deployment
        .ask(&owner.caller, latest(newest))
        .await
        .expect("values");
    assert_eq!(
        found[0].points,
        [(newest.timestamp_millis(), f64::from(119 % 37))]
    );
    let found = deployment
        .ask(&owner.caller, latest(newest - TimeDelta::milliseconds(1)))
        .await;
    assert_eq!(
        found.expect("values")[0].points[0].1.to_bits(),
        f64::from(118 % 37).to_bits()
    );
    let long_after = newest + TimeDelta::milliseconds(LOOK_BACK_MS + 1);
    assert_eq!(
        deployment.ask(&owner.caller, latest(long_after)).await,
        Ok(Vec::new())
    );

    let shorter = "update tenant set raw_hours = 1 where slug = 'acme'";
    sqlx::query(shorter)
        .execute(&deployment.pool)
        .await
        .expect("updated");
    let answer = ask(&deployment, &owner, range(Aggregate::Count, 10_000)).await;
    assert_eq!(answer.resolution, Resolution::Minute);
    let counts: Vec<f64> = answer.series[0]
        .points
        .iter()
        .map(|point| point.1)
        .collect();
    assert_eq!(counts, [59.0, 60.0, 1.0]);
    assert_eq!(
        ask(&deployment, &owner, range(Aggregate::None, 1))
            .await
            .series,
        []
    );
    deployment.stop().await;
}

#[tokio::test]
async fn what_would_cost_too_much_is_refused_with_a_reason() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let statement = "insert into series (tenant_id, name, labels, kind, fingerprint, first_seen, last_seen)
        select (select id from tenant where published), 'cpu', jsonb_build_object('n', n::text, 'kind', (n % 2)::text), 'gauge',
            decode(md5(n::text), 'hex'), now(), now()
        from generate_series(1, 10001) as n";
    deployment.execute(owner.tenant, statement).await;
    let refused = async |range: Range| {
        let answer = deployment.ask(&owner.caller, Query { range }).await;
        match answer {
            Err(Error::Invalid { errors }) => format!("{}: {}", errors[0].field, errors[0].reason),
            other => panic!("{other:?}"),
        }
    };
    let matching = |range: Range, matcher: &str| Range {
        matchers: vec![matcher.parse().expect("a matcher")],
        ..range
    };
    let day = |aggregate| Range {
        from_ms: past(24).timestamp_millis(),
        ..range(aggregate, 60_000)
    };
    let told = refused(matching(day(Aggregate::Avg), "n=~1.*")).await;
    assert!(
        told.starts_with("match: more than 10000 series would have to be looked at"),
        "{told}"
    );
    let told = refused(matching(day(Aggregate::None), "kind=1")).await;
    assert!(told.contains("at most 1000 are allowed"), "{told}");
    let told = refused(matching(day(Aggregate::Avg), "kind=~(")).await;
    assert_eq!(told, "match[0]: in kind=~(: unclosed group, at character 1");
    let year = Range {
        from_ms: 0,
        ..matching(day(Aggregate::Avg), "kind=1")
    };
    let told = refused(year).await;
    assert!(
        told.contains("match fewer series, or ask for a shorter range"),
        "{told}"
    );
    deployment.stop().await;
}

#[tokio::test]
async fn the_catalogue_follows_the_series() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    for (id, host) in [("a", "web-1"), ("b", "web-2"), ("c", "db-1")] {
        let batch = batch("cpu.load", &[("host", host), (id, "x")], now(), &[1.0]);
        push(&ingress, owner.tenant, id, &batch).await;
    }
    push(
        &ingress,
        owner.tenant,
        "4",
        &batch("mem", &[], now(), &[1.0]),
    )
    .await;
    deployment.eventually_count(owner.tenant, SAMPLES, 4).await;
    let list = contract::query::List {
        prefix: "cpu".to_owned(),
        after: None,
        limit: None,
    };
    let metrics = deployment.ask(&owner.caller, list).await.expect("metrics");
    let told: Vec<_> = metrics
        .iter()
        .map(|metric| (metric.name.as_str(), metric.series_count))
        .collect();
    assert_eq!(told, [("cpu.load", 3)]);
    assert_eq!(metrics[0].labels, ["a", "b", "c", "host"]);
    let behind = contract::query::List {
        after: Some("cpu.load".to_owned()),
        ..contract::query::List::default()
    };
    let metrics = deployment
        .ask(&owner.caller, behind)
        .await
        .expect("metrics");
    assert_eq!(metrics[0].name, "mem");
    let values = |prefix: &str| contract::query::LabelValues {
        metric: "cpu.load".to_owned(),
        label: "host".to_owned(),
        prefix: prefix.to_owned(),
        after: None,
        limit: Some(2),
    };
    let all = deployment.ask(&owner.caller, values("")).await;
    assert_eq!(all, Ok(vec!["db-1".to_owned(), "web-1".to_owned()]));
    let behind = contract::query::LabelValues {
        after: Some("web-1".to_owned()),
        ..values("")
    };
    let behind = deployment.ask(&owner.caller, behind).await;
    assert_eq!(behind, Ok(vec!["web-2".to_owned()]));
    let web = deployment.ask(&owner.caller, values("web")).await;
    assert_eq!(web, Ok(vec!["web-1".to_owned(), "web-2".to_owned()]));
    let forget = "delete from series where labels @> '{\"host\": \"web-1\"}'";
    deployment.execute(owner.tenant, forget).await;
    let web = deployment.ask(&owner.caller, values("web")).await;
    assert_eq!(web, Ok(vec!["web-2".to_owned()]));
    let left = deployment
        .count(
            owner.tenant,
            "metric where name = 'cpu.load' and series_count = 2",
        )
        .await;
    assert_eq!(left, 1);
    deployment.stop().await;
}
