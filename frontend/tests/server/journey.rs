use contract::access;
use contract::metric::{Batch, Kind, Series};
use contract::subject;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::eventually;

use crate::world::{PASSWORD, World, bearer, email, json_of, monitor};

#[tokio::test]
async fn a_person_signs_up_and_logs_in() {
    let world = World::start().await;
    world.sign_up("acme").await;

    let again =
        json!({"email": email("acme"), "password": PASSWORD, "name": "Ada", "tenant": "other"});
    let refused = world.post("/api/v1/signup", None, &again).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let weak = json!({"email": "nobody", "password": "short", "name": "Ada", "tenant": "other"});
    let weak = world.post("/api/v1/signup", None, &weak).await;
    assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(weak.headers()["content-type"], "application/problem+json");
    assert_eq!(fields(&json_of(weak).await), ["email", "password"]);

    let login = |password: &str| json!({"email": email("acme"), "password": password});
    let wrong = world.post("/api/v1/login", None, &login("wrong")).await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    let token = bearer(world.post("/api/v1/login", None, &login(PASSWORD)).await).await;
    let (status, monitors) = world.get("/api/v1/tenants/acme/monitors", &token).await;
    assert_eq!((status, monitors), (StatusCode::OK, json!([])));
    world.stop().await;
}

#[tokio::test]
async fn a_monitor_is_created_changed_and_deleted() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    let id = world
        .create_monitor("acme", &token, &monitor("Public API", true))
        .await;
    let path = format!("/api/v1/tenants/acme/monitors/{id}");

    let (_, all) = world.get("/api/v1/tenants/acme/monitors", &token).await;
    assert_eq!(all[0]["name"], "Public API");
    assert_eq!(all[0]["status"]["state"], "unknown");
    let changed = world
        .request(Method::PUT, &path)
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .json(&monitor("Renamed", false))
        .send()
        .await
        .expect("an answer");
    assert_eq!(changed.status(), StatusCode::OK);
    assert_eq!(world.get(&path, &token).await.1["name"], "Renamed");
    let (status, results) = world.get(&format!("{path}/results?limit=5"), &token).await;
    assert_eq!((status, results), (StatusCode::OK, json!([])));
    let (status, summary) = world.get(&format!("{path}/summary"), &token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(summary["uptime"]["24h"], Value::Null, "nobody looked yet");

    let deleted = world
        .request(Method::DELETE, &path)
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(world.get(&path, &token).await.0, StatusCode::NOT_FOUND);
    world.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_field_by_field() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    let path = "/api/v1/tenants/acme/monitors";
    let spec = json!({"name": "", "target": "ftp://x", "interval_s": 7, "regions": ["eu-central"]});
    let broken = world.post(path, Some(&token), &spec).await;
    assert_eq!(broken.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        fields(&json_of(broken).await),
        ["interval_s", "name", "target"]
    );
    let shapeless = world.post(path, Some(&token), &json!({"name": 1})).await;
    assert_eq!(shapeless.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let huge = world
        .post(path, Some(&token), &json!({"name": "x".repeat(600_000)}))
        .await;
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(json_of(huge).await["type"], "too_large");
    let (status, problem) = world
        .get("/api/v1/tenants/acme/query?aggregate=mean", &token)
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields(&problem), ["metric", "aggregate"]);
    let (status, _) = world.get("/api/v1/tenants/acme/monitors/7", &token).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, problem) = world.get("/api/v1/strange", &token).await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::NOT_FOUND, &json!("not_found"))
    );
    world.stop().await;
}

#[tokio::test]
async fn stored_samples_are_read_back() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    let tenant = world.tenant_id("acme").await;
    let now_ms = service::now().timestamp_millis();
    let series = ["a", "b"].map(|host| Series {
        name: "cpu.load".to_owned(),
        labels: [("host".to_owned(), host.to_owned())].into(),
        kind: Kind::Gauge,
        unit: None,
        points: vec![(now_ms - 2_000, 1.0), (now_ms - 1_000, 2.0)],
    });
    let batch = Batch {
        received_ms: now_ms,
        series: series.to_vec(),
    };
    world
        .bus(access::INGRESS)
        .await
        .publish_packed(&subject::metrics_accepted(tenant), "1", &batch)
        .await
        .expect("acknowledged");

    let path = "/api/v1/tenants/acme/query?metric=cpu.load&match=host%3Da&aggregate=none";
    let answer = eventually(Duration::from_secs(20), || async {
        let (status, answer) = world.get(path, &token).await;
        assert_eq!(status, StatusCode::OK);
        (answer["series"] != json!([])).then_some(answer)
    })
    .await;
    assert_eq!(answer["resolution"], "raw");
    assert_eq!(answer["series"][0]["labels"], json!({"host": "a"}));
    assert_eq!(
        answer["series"][0]["points"],
        json!([[now_ms - 2_000, 1.0], [now_ms - 1_000, 2.0]])
    );
    let (_, metrics) = world.get("/api/v1/tenants/acme/metrics", &token).await;
    assert_eq!(metrics[0]["name"], "cpu.load");
    assert_eq!(metrics[0]["series_count"], 2);
    world.stop().await;
}

fn fields(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| error["field"].as_str().expect("a field"))
        .collect()
}
