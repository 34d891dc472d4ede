//! Long lists, read piece by piece as the `Link` of each answer says.

use std::time::Duration;

use chrono::{SubsecRound, TimeDelta};
use contract::probe::Finished;
use contract::telemetry::{Received, Signal};
use contract::{access, subject};
use reqwest::header::{AUTHORIZATION, LINK};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::eventually;

use crate::pages::page;
use crate::world::{World, json_of, monitor};

/// Lists whose cursors no text is.
const CURSORS: [&str; 10] = [
    "incidents",
    "alerts",
    "dead-letters",
    "pages",
    "channels",
    "tokens",
    "invitations",
    "maintenances",
    "members",
    "logs",
];
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

/// Which things a list has, in its order: what else it says of them (uptime, above all) goes on between two readings.
fn ids(list: &[Value]) -> Vec<&str> {
    list.iter()
        .map(|it| it.get("id").unwrap_or(&it["user"]))
        .map(|id| id.as_str().expect("an identifier"))
        .collect()
}

/// All of a list, read so many at a time.
async fn pieces(world: &World, bearer: &str, list: &str, limit: usize) -> Vec<Value> {
    let mut read = Vec::new();
    let mut next = Some(format!("{list}?limit={limit}"));
    while let Some(path) = next {
        let (items, more) = piece(world, bearer, &path).await;
        assert!(items.len() <= limit);
        read.extend(items);
        next = more;
    }
    read
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

    assert_eq!(ids(&pieces(&world, &acme, INCIDENTS, 2).await), ids(&whole));
    world.stop().await;
}

#[tokio::test]
async fn monitors_and_rules_are_read_piece_by_piece_in_their_order() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let list = "/api/v1/tenants/acme/monitors";
    let names = [
        (None, "b"),
        (Some("Shop"), "a"),
        (Some("Shop"), "B"),
        (None, "c"),
        (Some("Depot"), "b"),
    ];
    for (group, name) in names {
        let spec = json!({"name": name, "group": group, "target": "https://example.org", "regions": ["eu-central"]});
        let created = world.post(list, Some(&acme), &spec).await;
        assert_eq!(created.status(), StatusCode::CREATED);
    }
    let (whole, next) = piece(&world, &acme, list).await;
    assert_eq!((whole.len(), next), (5, None));
    for limit in [1, 2] {
        let read = pieces(&world, &acme, list, limit).await;
        assert_eq!(ids(&read), ids(&whole));
    }

    let list = "/api/v1/tenants/acme/rules";
    for name in ["too hot", "Too cold", "damp"] {
        let rule = json!({"name": name, "kind": "threshold", "metric": "t", "aggregate": "avg", "window_s": 60,
            "operator": ">", "value": 1.0, "severity": "warning"});
        let created = world.post(list, Some(&acme), &rule).await;
        assert_eq!(created.status(), StatusCode::CREATED);
    }
    let (whole, next) = piece(&world, &acme, list).await;
    assert_eq!((whole.len(), next), (3, None));
    assert_eq!(ids(&pieces(&world, &acme, list, 1).await), ids(&whole));
    world.stop().await;
}

#[tokio::test]
async fn what_a_tenant_has_is_read_piece_by_piece_in_its_order() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let tenant = "/api/v1/tenants/acme";
    // What may be alike is: only identifiers tell it apart.
    let channel = json!({"name": "Ops", "kind": "webhook", "url": "https://example.org"});
    let window = json!({"name": "Backups", "repeat": "weekly", "days": ["Sun"], "at": "02:30:00", "duration_min": 45});
    let numbered = |of: fn(usize) -> Value| [1, 2, 3].map(of);
    let alike = |one: Value| [one.clone(), one.clone(), one];
    let lists = [
        (
            "pages",
            numbered(|n| json!({"slug": format!("page-{n}"), "title": "Page"})),
        ),
        ("channels", alike(channel)),
        ("tokens", alike(json!({"name": "CI", "scopes": ["read"]}))),
        ("agents", numbered(|n| json!({"name": format!("web-{n}")}))),
        ("invitations", alike(json!({"role": "viewer"}))),
        ("maintenances", alike(window)),
    ];
    let mut expected = Vec::new();
    for (list, described) in lists {
        let path = format!("{tenant}/{list}");
        let mut created = Vec::new();
        for body in described {
            let answer = world.post(&path, Some(&acme), &body).await;
            assert_eq!(answer.status(), StatusCode::CREATED, "{list}");
            created.push(json_of(answer).await);
        }
        if ["tokens", "invitations"].contains(&list) {
            created.reverse();
        }
        expected.push((path, created));
    }
    let mut people = Vec::new();
    for person in ["bob", "cid", "dot"] {
        let bearer = world.sign_up(person).await;
        let (_, account) = world.get("/api/v1/account", &bearer).await;
        people.push(account["user"].clone());
        world.add_member("acme", person, "viewer").await;
    }
    expected.push((format!("{tenant}/members"), people));
    for (path, created) in expected {
        let (whole, next) = piece(&world, &acme, &path).await;
        assert_eq!(next, None, "{path}");
        // The first page and the owner were there before.
        let (whole, created) = (ids(&whole), ids(&created));
        assert!(whole.ends_with(&created), "{path}: {whole:?}, {created:?}");
        for limit in [1, 2] {
            let read = pieces(&world, &acme, &path, limit).await;
            assert_eq!(ids(&read), whole, "{path}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn log_records_of_the_same_instant_are_told_apart() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let tenant = world.tenant_id("acme").await;
    let ingress = world.bus(access::INGRESS).await;
    let at_us = service::now().timestamp_micros();
    let record = |body: &str| json!({"at_us": at_us, "severity": 9, "body": body});
    let messages = [
        json!([record("one"), record("two"), record("two")]),
        json!([record("three"), {"at_us": at_us - 1, "severity": 9, "body": "earlier"}]),
    ];
    for (number, logs) in messages.iter().enumerate() {
        let groups = json!([{"resource": {"service": "shop"}, "logs": logs}]);
        let received: Received =
            serde_json::from_value(json!({"received_ms": 0, "groups": groups})).expect("a message");
        let subject = subject::telemetry_received(Signal::Logs, tenant);
        let id = format!("logs-{number}");
        let published = ingress.publish_packed(&subject, &id, &received).await;
        published.expect("acknowledged");
    }
    let list = "/api/v1/tenants/acme/logs";
    eventually(Duration::from_secs(10), || async {
        piece(&world, &acme, list).await.0.len() == 5
    })
    .await;
    let (whole, _) = piece(&world, &acme, list).await;
    assert_eq!(whole[4]["body"], "earlier");
    for limit in [1, 2] {
        assert_eq!(ids(&pieces(&world, &acme, list, limit).await), ids(&whole));
    }
    world.stop().await;
}

#[tokio::test]
async fn thousands_of_monitors_are_shown_although_no_message_holds_them() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    world
        .create_monitor("acme", &acme, &monitor("Public API", true))
        .await;
    let copies = "insert into monitor (id, tenant_id, name, group_name, public, paused, spec)
        select gen_random_uuid(), tenant_id, 'Copy ' || n, group_name, public, paused,
            jsonb_set(spec, '{name}', to_jsonb('Copy ' || n))
        from monitor, generate_series(1, 2000) n";
    let mut transaction = world.database.pool().await.begin().await.expect("begun");
    sqlx::query("select set_config('overseer.tenant', $1, true)")
        .bind(world.tenant_id("acme").await.to_string())
        .execute(&mut *transaction)
        .await
        .expect("the owner acts for the tenant");
    sqlx::query(copies)
        .execute(&mut *transaction)
        .await
        .expect("the owner may");
    transaction.commit().await.expect("committed");
    let list = "/api/v1/tenants/acme/monitors";
    assert_eq!(pieces(&world, &acme, list, 1_000).await.len(), 2_001);
    let cookie = world.sign_in("acme").await;
    for path in ["/d/acme/monitors", "/t/acme"] {
        let shown = page(&world, path, &cookie).await;
        assert_eq!(shown.status(), StatusCode::OK, "{path}");
        let html = shown.text().await.expect("a body");
        assert!(html.contains("Copy 2000"), "{path}");
    }
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
    for list in CURSORS {
        let path = format!("/api/v1/tenants/acme/{list}?before=2026-11-20T10:00:00Z");
        let (status, problem) = world.get(&path, &acme).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
        assert_eq!(problem["errors"][0]["field"], "before", "{problem}");
    }
    world.stop().await;
}
