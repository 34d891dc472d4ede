//! Rules, planned work and incidents over REST.

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::world::{World, json_of};

const BASE: &str = "/api/v1/tenants/acme";

async fn post(world: &World, bearer: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let path = format!("{BASE}/{path}");
    let answer = world.post(&path, Some(bearer), &body).await;
    (answer.status(), json_of(answer).await)
}

#[tokio::test]
async fn a_rule_is_tried_created_changed_and_deleted() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let mut rule = json!({"name": "Hot", "kind": "threshold", "metric": "temperature",
        "match": ["room=kitchen"], "operator": ">", "value": 90.0, "for_s": 60});
    let (status, tried) = post(&world, &bearer, "rules/backtest", json!({"rule": rule})).await;
    assert_eq!((status, &tried["fired"]), (StatusCode::OK, &json!([])));
    let (status, created) = post(&world, &bearer, "rules", rule.clone()).await;
    assert_eq!(
        (status, &created["cooldown_s"]),
        (StatusCode::CREATED, &json!(300))
    );
    let (status, again) = post(&world, &bearer, "rules", rule.clone()).await;
    assert_eq!(
        (status, &again["type"]),
        (StatusCode::CONFLICT, &json!("conflict"))
    );
    rule["value"] = "hot".into();
    let (status, _) = post(&world, &bearer, "rules", rule.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    rule["value"] = 80.0.into();
    rule["window_s"] = 0.into();
    let (status, wrong) = post(&world, &bearer, "rules", rule.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong["errors"][0]["field"], "window_s");
    rule["window_s"] = 60.into();
    let id = created["id"].as_str().expect("an id");
    let one = format!("{BASE}/rules/{id}");
    let change = world.request(reqwest::Method::PUT, &one).json(&rule);
    let change = change.header(AUTHORIZATION, format!("Bearer {bearer}"));
    let changed = json_of(change.send().await.expect("an answer")).await;
    assert_eq!(
        (&changed["revision"], &changed["value"]),
        (&json!(2), &json!(80.0))
    );
    let late = world
        .put(&format!("{one}?revision=1"), &bearer, &rule)
        .await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let (_, listed) = world.get(&format!("{BASE}/rules"), &bearer).await;
    assert_eq!(listed, json!([changed]));
    let delete = world.request(reqwest::Method::DELETE, &one);
    let delete = delete.header(AUTHORIZATION, format!("Bearer {bearer}"));
    let status = delete.send().await.expect("an answer").status();
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = world.get(&one, &bearer).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, alerts) = world
        .get(&format!("{BASE}/alerts?open=true"), &bearer)
        .await;
    assert_eq!((status, alerts), (StatusCode::OK, json!([])));
    world.stop().await;
}

#[tokio::test]
async fn work_is_planned_and_incidents_are_told() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let work = json!({"name": "Backups", "repeat": "weekly", "days": ["Sun", "Wed"], "at": "02:30:00",
        "duration_min": 45, "time_zone": "Europe/Berlin"});
    let (status, planned) = post(&world, &bearer, "maintenances", work).await;
    assert_eq!(
        (status, &planned["repeat"]),
        (StatusCode::CREATED, &json!("weekly"))
    );
    let (_, listed) = world.get(&format!("{BASE}/maintenances"), &bearer).await;
    assert!(listed[0]["next"]["from"].is_string(), "{listed}");
    let over = json!({"name": "Over", "repeat": "once", "from": "2026-11-23T03:00:00Z", "to": "2026-11-23T02:00:00Z"});
    let (status, wrong) = post(&world, &bearer, "maintenances", over).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong["errors"][0]["field"], "to");
    let incident = json!({"title": "Payments are slow", "body": "We are looking into it."});
    let (status, told) = post(&world, &bearer, "incidents", incident).await;
    assert_eq!(
        (status, &told["status"]),
        (StatusCode::CREATED, &json!("investigating"))
    );
    let updates = format!("incidents/{}/updates", told["id"].as_str().expect("an id"));
    let note = json!({"status": "resolved", "body": "All is well."});
    let (status, resolved) = post(&world, &bearer, &updates, note).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(resolved["updates"][0]["body"], "All is well.");
    assert!(resolved["resolved_at"].is_string(), "{resolved}");
    world.stop().await;
}
