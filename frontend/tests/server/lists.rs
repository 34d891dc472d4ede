//! Long lists, read piece by piece as the `Link` of each answer says.

use std::time::Duration;

use chrono::{SubsecRound, TimeDelta};
use contract::probe::Finished;
use contract::{access, subject};
use reqwest::header::{AUTHORIZATION, LINK};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::eventually;

use crate::world::{World, json_of, monitor};

const INCIDENTS: &str = "/api/v1/tenants/acme/incidents";

/// One piece and the address of the next one.
pub(crate) async fn piece(world: &World, bearer: &str, path: &str) -> (Vec<Value>, Option<String>) {
    let request = world.request(Method::GET, path);
    let request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let next = answer.headers().get(LINK).map(|link| {
        let link = link.to_str().expect("text");
        let address = link.strip_suffix(">; rel=\"next\"");
        address
            .and_then(|it| it.strip_prefix('<'))
            .expect("a next one")
            .to_owned()
    });
    let items = json_of(answer).await;
    (items.as_array().expect("a list").clone(), next)
}

#[tokio::test]
async fn a_long_list_is_read_piece_by_piece() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let begun = service::now() - TimeDelta::hours(1);
    for (number, status) in ["resolved", "investigating"]
        .iter()
        .cycle()
        .take(5)
        .enumerate()
    {
        // All at the same instant: only their identifiers tell them apart.
        let incident = json!({"title": format!("Incident {number}"), "body": "x", "status": status,
            "started_at": begun});
        let told = world.post(INCIDENTS, Some(&acme), &incident).await;
        assert_eq!(told.status(), StatusCode::CREATED);
    }
    let (whole, next) = piece(&world, &acme, INCIDENTS).await;
    assert_eq!((whole.len(), next), (5, None));
    let over: Vec<_> = whole
        .iter()
        .map(|it| !it["resolved_at"].is_null())
        .collect();
    assert!(over.is_sorted(), "open ones come first: {over:?}");

    let mut read = Vec::new();
    let mut next = Some(format!("{INCIDENTS}?limit=2"));
    while let Some(path) = next {
        let (items, more) = piece(&world, &acme, &path).await;
        assert!(items.len() <= 2);
        read.extend(items);
        next = more;
    }
    assert_eq!(read, whole);
    world.stop().await;
}

#[tokio::test]
async fn results_of_the_same_tick_are_told_apart_by_their_regions() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let id = world
        .create_monitor("acme", &acme, &monitor("Public API", true))
        .await;
    let prober = world.bus(access::PROBER).await;
    let tick_at = service::now().trunc_subsecs(0) - TimeDelta::minutes(1);
    for region in ["eu-central", "us-east"] {
        let result: Finished = serde_json::from_value(json!({
            "monitor": id, "tenant": world.tenant_id("acme").await, "region": region, "prober": "prober-1",
            "tick_at": tick_at, "started_at": tick_at, "outcome": "success",
        }))
        .expect("a result");
        let subject = subject::probe_finished(result.tenant, &result.region, result.monitor);
        let sent = prober
            .publish(&subject, &result.message_id(), &result)
            .await;
        sent.expect("acknowledged");
    }
    let path = format!("/api/v1/tenants/acme/monitors/{id}/results");
    eventually(Duration::from_secs(10), || async {
        piece(&world, &acme, &path).await.0.len() == 2
    })
    .await;
    let mut regions = Vec::new();
    let mut next = Some(format!("{path}?limit=1"));
    while let Some(path) = next {
        let (items, more) = piece(&world, &acme, &path).await;
        regions.extend(items.iter().map(|it| it["region"].clone()));
        next = more;
    }
    assert_eq!(regions, ["eu-central", "us-east"]);
    let instant = tick_at.format("%FT%TZ");
    let (older, _) = piece(&world, &acme, &format!("{path}?before={instant}")).await;
    assert!(older.is_empty(), "{older:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_cursor_of_another_making_is_refused() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    for list in ["incidents", "alerts", "dead-letters"] {
        let path = format!("/api/v1/tenants/acme/{list}?before=2026-11-20T10:00:00Z");
        let (status, problem) = world.get(&path, &acme).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
        assert_eq!(problem["errors"][0]["field"], "before", "{problem}");
    }
    world.stop().await;
}
