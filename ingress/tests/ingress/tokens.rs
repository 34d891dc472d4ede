//! Who may push.

use contract::token::Scope;
use serde_json::json;
use testkit::{Process, eventually};

use crate::stage::{SOON, Stage, TENANT, TOKEN, args};

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_refused_and_a_narrow_one_is_told_why() {
    let stage = Stage::start().await;
    let status = |token: &'static str| {
        let push = testkit::http::client().post(stage.ingress.url("/api/v1/metrics"));
        let push = push.json(&json!({"samples": [{"name": "a", "value": 1}]}));
        async move {
            push.header("x-api-key", token)
                .send()
                .await
                .expect("answered")
                .status()
                .as_u16()
        }
    };
    assert_eq!(status(TOKEN).await, 202);
    assert_eq!(status("ovs_unknown").await, 401);
    stage.grant("ovs_reader", TENANT, &[Scope::Read]).await;
    eventually(SOON, || async { status("ovs_reader").await == 403 }).await;
    stage.revoke(TOKEN).await;
    eventually(SOON, || async { status(TOKEN).await == 401 }).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_bucket_is_known_nobody_gets_in() {
    let nats = testkit::nats().await;
    let ingress = Process::launch("ingress", ingress::serve, args(&nats, &[]));
    let url = |path: &str| {
        let address = ingress.context().http_addr();
        address.map(|address| format!("http://{address}{path}"))
    };
    let base = eventually(SOON, || async { url("") }).await;
    let client = testkit::http::client();
    let push = client
        .post(format!("{base}/api/v1/metrics"))
        .bearer_auth(TOKEN);
    let answer = push
        .json(&json!({"samples": [{"name": "a", "value": 1}]}))
        .send()
        .await;
    let answer = answer.expect("answered");
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    let ping = client.get(format!("{base}/ping/5b1b1a8e-7e0e-4c53-8a3b-0f4c5d1f9e21"));
    assert_eq!(ping.send().await.expect("answered").status(), 503);
    ingress.kill();
}
