use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use std::time::Duration;
use testkit::eventually;

use crate::world::{World, monitor};

#[tokio::test]
async fn an_api_token_reads_its_own_tenant_and_nothing_else() {
    let world = World::start().await;
    let (acme, _) = (world.sign_up("acme").await, world.sign_up("other").await);
    let (id, reader) = world.create_token("acme", &acme, "read").await;
    let (_, pusher) = world.create_token("acme", &acme, "metrics_write").await;
    let monitors = "/api/v1/tenants/acme/monitors";

    assert_eq!(world.get(monitors, &reader).await.0, StatusCode::OK);
    assert_eq!(world.get(monitors, &pusher).await.0, StatusCode::FORBIDDEN);
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
    eventually(Duration::from_secs(20), || async {
        world.get(monitors, &reader).await.0 == StatusCode::UNAUTHORIZED
    })
    .await;
    world.stop().await;
}
