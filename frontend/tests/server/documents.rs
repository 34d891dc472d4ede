use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, json_of, monitor};

/// The fields of an object, in order.
fn fields(value: &Value) -> Vec<&str> {
    let fields = value.as_object().expect("an object").keys();
    let mut fields: Vec<_> = fields.map(String::as_str).collect();
    fields.sort_unstable();
    fields
}

fn sorted<const N: usize>(mut names: [&str; N]) -> [&str; N] {
    names.sort_unstable();
    names
}

async fn read(world: &World, document: &str) -> Value {
    let answer = world
        .visit(&format!("/t/acme/api/v2/{document}.json"), None)
        .await;
    assert_eq!(answer.status(), StatusCode::OK, "{document}");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    json_of(answer).await
}

async fn world() -> World {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    let mut api = monitor("Public API", true);
    api["group"] = json!("Core");
    let id = world.create_monitor("acme", &token, &api).await;
    let told = json!({"title": "Slow answers", "body": "We look into it.", "monitor": id});
    let path = |what: &str| format!("/api/v1/tenants/acme/{what}");
    world.post(&path("incidents"), Some(&token), &told).await;
    let now = service::now();
    for (name, from) in [("Upgrade", 1), ("Now", -1)] {
        let from = now + chrono::TimeDelta::hours(from);
        let window = json!({
            "name": name, "description": "New disks", "monitors": [id], "repeat": "once",
            "from": from, "to": from + chrono::TimeDelta::hours(2),
        });
        let answer = world
            .post(&path("maintenances"), Some(&token), &window)
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
    }
    world
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one list of all fields")]
async fn documents_have_the_shapes_that_clients_of_statuspage_know() {
    let world = world().await;
    let summary = read(&world, "summary").await;
    let whole = [
        "page",
        "status",
        "components",
        "incidents",
        "scheduled_maintenances",
    ];
    assert_eq!(fields(&summary), sorted(whole));
    let page = ["id", "name", "url", "time_zone", "updated_at"];
    assert_eq!(fields(&summary["page"]), sorted(page));
    assert_eq!(fields(&summary["status"]), ["description", "indicator"]);
    let component = [
        "id",
        "name",
        "status",
        "created_at",
        "updated_at",
        "position",
        "description",
        "showcase",
        "start_date",
        "group_id",
        "page_id",
        "group",
        "only_show_if_degraded",
    ];
    let (group, one) = (&summary["components"][0], &summary["components"][1]);
    assert_eq!(fields(one), sorted(component));
    assert_eq!(
        (&group["group"], &group["name"]),
        (&json!(true), &json!("Core"))
    );
    assert_eq!(group["components"], json!([one["id"]]));
    assert_eq!(one["group_id"], group["id"]);
    let incident = [
        "id",
        "name",
        "status",
        "impact",
        "created_at",
        "updated_at",
        "monitoring_at",
        "resolved_at",
        "started_at",
        "shortlink",
        "page_id",
        "incident_updates",
        "components",
    ];
    let told = &summary["incidents"][0];
    assert_eq!(fields(told), sorted(incident));
    assert_eq!(
        (&told["status"], &told["impact"]),
        (&json!("investigating"), &json!("major"))
    );
    assert_eq!(told["components"][0]["id"], one["id"]);
    let update = [
        "id",
        "status",
        "body",
        "created_at",
        "display_at",
        "affected_components",
    ];
    for field in update {
        assert!(told["incident_updates"][0].get(field).is_some(), "{field}");
    }
    let planned = &summary["scheduled_maintenances"];
    let stages: Vec<_> = planned
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(stages, ["in_progress", "scheduled"]);
    for field in incident.iter().chain(&["scheduled_for", "scheduled_until"]) {
        assert!(planned[0].get(field).is_some(), "{field}");
    }
    for (document, field, count) in [
        ("components", "components", 2),
        ("incidents", "incidents", 1),
        ("incidents/unresolved", "incidents", 1),
        ("scheduled-maintenances", "scheduled_maintenances", 2),
        (
            "scheduled-maintenances/upcoming",
            "scheduled_maintenances",
            1,
        ),
        ("scheduled-maintenances/active", "scheduled_maintenances", 1),
    ] {
        let document = read(&world, document).await;
        assert_eq!(fields(&document), sorted(["page", field]));
        assert_eq!(
            document[field].as_array().map(Vec::len),
            Some(count),
            "{document:#}"
        );
    }
    assert_eq!(fields(&read(&world, "status").await), ["page", "status"]);
    world.stop().await;
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let world = world().await;
    for path in [
        "/t/acme",
        "/t/acme/api/v2/components.json",
        "/t/acme/history.rss",
        "/t/acme/history.atom",
        "/t/acme/api/v1/endpoints/core_public-api/health/badge.svg",
    ] {
        let today = service::now().date_naive();
        let first = world.visit(path, None).await;
        assert_eq!(first.status(), StatusCode::OK, "{path}");
        let caching = first.headers()["cache-control"].to_str().expect("text");
        assert!(caching.starts_with("public, max-age="), "{path}: {caching}");
        let again = world
            .request(Method::GET, path)
            .header("if-none-match", &first.headers()["etag"]);
        let again = again.send().await.expect("an answer");
        if service::now().date_naive() != today {
            // What ends with today has changed.
            continue;
        }
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(again.text().await.expect("a body"), "");
    }
    world.stop().await;
}

#[tokio::test]
async fn feeds_tell_incidents_and_planned_work() {
    let world = world().await;
    for (format, kind) in [("rss", "<rss "), ("atom", "<feed ")] {
        let answer = world
            .visit(&format!("/t/acme/history.{format}"), None)
            .await;
        let media_type = answer.headers()["content-type"].to_str().expect("text");
        assert!(
            media_type.starts_with(&format!("application/{format}+xml")),
            "{media_type}"
        );
        let feed = answer.text().await.expect("a body");
        for word in [
            kind,
            "Slow answers",
            "We look into it.",
            "Planned work: Upgrade",
        ] {
            assert!(feed.contains(word), "{word} is missing: {feed}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn badges_stand_where_gatus_has_them() {
    let world = world().await;
    let badge = async |rest: &str| {
        let path = format!("/t/acme/api/v1/endpoints/{rest}");
        let answer = world.visit(&path, None).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a body")
    };
    let health = badge("core_public-api/health/badge.svg").await;
    assert!(health.contains("health: unknown"), "{health}");
    let uptime = badge("core_public-api/uptimes/7d/badge.svg").await;
    assert!(uptime.contains("uptime 7d: n/a"), "{uptime}");
    let response = badge("core_public-api/response-times/24h/badge.svg").await;
    assert!(response.contains("response time 24h: n/a"), "{response}");
    let chart = badge("core_public-api/response-times/24h/chart.svg").await;
    assert!(chart.starts_with("<svg"), "{chart}");
    let shields = badge("core_public-api/health/badge.shields").await;
    let shields: Value = serde_json::from_str(&shields).expect("JSON");
    assert_eq!(shields["schemaVersion"], 1);
    assert_eq!(shields["label"], "health");
    let unknown = badge("core_nothing/health/badge.svg").await;
    assert!(unknown.contains("health: n/a"), "{unknown}");
    world.stop().await;
}
