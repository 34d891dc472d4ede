use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use testkit::eventually;

use crate::world::{World, json_of, monitor};

async fn create_token(world: &World, tenant: &str, bearer: &str, scope: &str) -> (String, String) {
    let path = format!("/api/v1/tenants/{tenant}/tokens");
    let wanted = json!({"name": "CI", "scopes": [scope]});
    let answer = world.post(&path, Some(bearer), &wanted).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let created = json_of(answer).await;
    let text = |field: &str| created[field].as_str().expect("text").to_owned();
    (text("id"), text("secret"))
}

#[tokio::test]
async fn an_api_token_reads_its_own_tenant_and_nothing_else() {
    let world = World::start().await;
    let (acme, _) = (world.sign_up("acme").await, world.sign_up("other").await);
    let (id, reader) = create_token(&world, "acme", &acme, "read").await;
    let (_, pusher) = create_token(&world, "acme", &acme, "metrics_write").await;
    let monitors = "/api/v1/tenants/acme/monitors";

    // The bucket follows the database.
    eventually(Duration::from_secs(5), || async {
        world.get(monitors, &reader).await.0 == StatusCode::OK
    })
    .await;
    eventually(Duration::from_secs(5), || async {
        world.get(monitors, &pusher).await.0 == StatusCode::FORBIDDEN
    })
    .await;
    let (foreign, _) = world.get("/api/v1/tenants/other/monitors", &reader).await;
    assert_eq!(foreign, StatusCode::NOT_FOUND);
    let write = world
        .post(monitors, Some(&reader), &monitor("x", true))
        .await;
    assert_eq!(write.status(), StatusCode::FORBIDDEN);
    let (tokens, _) = world.get("/api/v1/tenants/acme/tokens", &reader).await;
    assert_eq!(tokens, StatusCode::FORBIDDEN);

    let listed = world.get("/api/v1/tenants/acme/tokens", &acme).await.1;
    assert!(
        !listed.to_string().contains(&reader),
        "the secret is told once"
    );
    let revoked = world
        .request(Method::DELETE, &format!("/api/v1/tenants/acme/tokens/{id}"))
        .header(AUTHORIZATION, format!("Bearer {acme}"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
    eventually(Duration::from_secs(5), || async {
        world.get(monitors, &reader).await.0 == StatusCode::UNAUTHORIZED
    })
    .await;
    world.stop().await;
}
