use chrono::{DateTime, TimeDelta, Utc};
use contract::access;
use contract::query::{Aggregate, List, Query, Range, Series};
use contract::rpc::Error;

use crate::deployment::{Deployment, Owner};
use crate::messages::{batch, now, push};

struct Question<'a> {
    deployment: &'a Deployment,
    owner: &'a Owner,
    range: Range,
}

impl Question<'_> {
    async fn ask(&self, aggregate: Aggregate, group_by: &[&str]) -> Vec<Series> {
        let range = Range {
            aggregate,
            group_by: group_by.iter().map(|&name| name.to_owned()).collect(),
            ..self.range.clone()
        };
        let answer = self
            .deployment
            .ask(&self.owner.caller, Query { range })
            .await;
        answer.expect("an answer").series
    }

    async fn value(&self, aggregate: Aggregate) -> f64 {
        let series = self.ask(aggregate, &[]).await;
        assert_eq!(
            (series.len(), series[0].points.len()),
            (1, 1),
            "{aggregate:?}: {series:?}"
        );
        series[0].points[0].1
    }
}

fn range(metric: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Range {
    Range {
        metric: metric.to_owned(),
        matchers: Vec::new(),
        aggregate: Aggregate::None,
        group_by: Vec::new(),
        from_ms: from.timestamp_millis(),
        to_ms: to.timestamp_millis(),
        step_ms: Some(60_000),
        max_points: None,
    }
}

#[expect(clippy::float_cmp, reason = "all values are exact")]
#[tokio::test]
async fn a_range_is_aggregated_in_steps_and_groups() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let minute =
        DateTime::from_timestamp(now().timestamp() / 60 * 60 - 120, 0).expect("an instant");
    let newest = minute + TimeDelta::seconds(30);
    push(
        &ingress,
        owner.tenant,
        "a",
        &batch("cpu", &[("host", "a")], newest, &[1.0, 2.0, 3.0]),
    )
    .await;
    push(
        &ingress,
        owner.tenant,
        "b",
        &batch("cpu", &[("host", "b")], newest, &[10.0]),
    )
    .await;
    push(
        &ingress,
        owner.tenant,
        "c",
        &batch("requests", &[], newest, &[100.0, 130.0, 10.0, 40.0]),
    )
    .await;
    deployment.eventually_count(owner.tenant, "sample", 8).await;
    let asked = range("cpu", minute, minute + TimeDelta::minutes(1));
    let cpu = Question {
        deployment: &deployment,
        owner: &owner,
        range: asked,
    };
    assert_eq!(cpu.value(Aggregate::Avg).await, 4.0);
    assert_eq!(cpu.value(Aggregate::Min).await, 1.0);
    assert_eq!(cpu.value(Aggregate::Max).await, 10.0);
    assert_eq!(cpu.value(Aggregate::Sum).await, 16.0);
    assert_eq!(cpu.value(Aggregate::Count).await, 4.0);
    let median = cpu.value(Aggregate::P50).await;
    assert!((median - 2.0).abs() <= 0.02, "{median}");
    let raw = cpu.ask(Aggregate::None, &[]).await;
    let stored: Vec<Vec<f64>> = raw
        .iter()
        .map(|series| series.points.iter().map(|point| point.1).collect())
        .collect();
    assert_eq!(stored, [vec![1.0, 2.0, 3.0], vec![10.0]]);
    let by_host = cpu.ask(Aggregate::Max, &["host"]).await;
    let hosts: Vec<_> = by_host
        .iter()
        .map(|series| (series.labels["host"].as_str(), series.points[0]))
        .collect();
    let at_ms = minute.timestamp_millis();
    assert_eq!(hosts, [("a", (at_ms, 3.0)), ("b", (at_ms, 10.0))]);
    let matched = Question {
        range: Range {
            matchers: vec!["host=~b|c".parse().expect("a matcher")],
            ..cpu.range.clone()
        },
        ..cpu
    };
    assert_eq!(matched.value(Aggregate::Sum).await, 10.0);
    // 30 and 30 grown, and 10 since it began again, in three seconds.
    let requests = Question {
        range: range("requests", minute, minute + TimeDelta::minutes(1)),
        ..matched
    };
    assert!((requests.value(Aggregate::Rate).await - 70.0 / 3.0).abs() < 1e-9);
    let metrics = deployment
        .ask(&owner.caller, List::default())
        .await
        .expect("metrics");
    let told: Vec<_> = metrics
        .iter()
        .map(|metric| {
            (
                metric.name.as_str(),
                metric.series_count,
                metric.labels.len(),
            )
        })
        .collect();
    assert_eq!(told, [("cpu", 2, 1), ("requests", 1, 0)]);
    assert_eq!(metrics[0].last_seen_ms, newest.timestamp_millis());
    deployment.stop().await;
}

#[tokio::test]
async fn an_unknown_metric_is_empty_and_a_senseless_range_is_refused() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let question = |range| deployment.ask(&owner.caller, Query { range });
    let (from, to) = (now() - TimeDelta::hours(1), now());
    assert_eq!(
        question(range("nothing", from, to))
            .await
            .expect("an answer")
            .series,
        []
    );
    for wrong in [range("nothing", to, from), range("no name!", from, to)] {
        let answer = question(wrong).await;
        assert!(matches!(answer, Err(Error::Invalid { .. })), "{answer:?}");
    }
    deployment.stop().await;
}
