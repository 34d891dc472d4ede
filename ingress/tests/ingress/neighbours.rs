//! One tenant's flood is its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use contract::id::TenantId;
use contract::token::Scope;
use futures_util::future::join_all;
use serde_json::json;
use testkit::eventually;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::stage::{SOON, Stage, TOKEN};

const NEIGHBOUR: &str = "ovs_neighbour";

async fn with_neighbour(arguments: &[&str]) -> Stage {
    let stage = Stage::with(arguments).await;
    let tenant = TenantId(Uuid::from_u128(2));
    stage.grant(NEIGHBOUR, tenant, &[Scope::MetricsWrite]).await;
    eventually(SOON, || async { neighbour_pushes(&stage).await == 202 }).await;
    stage
}

async fn neighbour_pushes(stage: &Stage) -> u16 {
    let push = testkit::http::client().post(stage.ingress.url("/api/v1/metrics"));
    let push = push
        .bearer_auth(NEIGHBOUR)
        .json(&json!({"samples": [{"name": "a", "value": 1}]}));
    push.send().await.expect("answered").status().as_u16()
}

/// A push that holds its place: its body never comes.
async fn unfinished_push(stage: &Stage) -> TcpStream {
    let head = format!(
        "POST /api/v1/metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    );
    let connection = TcpStream::connect(stage.ingress.http()).await;
    let mut connection = connection.expect("connects");
    connection.write_all(head.as_bytes()).await.expect("sent");
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_holds_all_its_places_holds_nobody_elses() {
    let stage = with_neighbour(&["--max-pushes", "4"]).await;
    let own = || async {
        let push = stage.json(&json!([{"name": "a", "value": 1}])).send().await;
        push.expect("answered").status().as_u16()
    };
    let places = Mutex::new(Vec::new());
    eventually(SOON, || async {
        // One more each time: the own push may have had the place of the one before.
        places.lock().await.push(unfinished_push(&stage).await);
        own().await == 429
    })
    .await;
    assert_eq!(neighbour_pushes(&stage).await, 202);
    drop(places);
    eventually(SOON, || async { own().await == 202 }).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_not_served_before_a_neighbour() {
    let stage = with_neighbour(&[]).await;
    let samples: Vec<_> = (0..10_000)
        .map(|i| json!({"name": format!("s{}", i % 100), "value": i}))
        .collect();
    let body = json!({"samples": samples}).to_string();
    let (served, started) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let flood = join_all((0..20).map(|_| async {
        for _ in 0..3 {
            let push = stage
                .post("/api/v1/metrics")
                .header("content-type", "application/json");
            started.fetch_add(1, Ordering::SeqCst);
            push.body(body.clone()).send().await.expect("answered");
            served.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let neighbour = async {
        eventually(SOON, || async { started.load(Ordering::SeqCst) >= 20 }).await;
        for _ in 0..5 {
            assert_eq!(neighbour_pushes(&stage).await, 202);
        }
        served.load(Ordering::SeqCst)
    };
    let (_, meanwhile) = tokio::join!(flood, neighbour);
    assert!(meanwhile < 30, "5 pushes waited for {meanwhile} of 60");
    stage.stop().await;
}
