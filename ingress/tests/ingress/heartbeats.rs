//! Pings, as the senders of other products make them.

use std::sync::{Arc, Mutex};

use bus::Message;
use contract::id::{MonitorId, Partition};
use contract::monitor::{Monitor, Spec};
use contract::probe::{Finished, Outcome};
use contract::{access, stream};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::stage::{SOON, Stage, TENANT};

pub(crate) const KEY: &str = "5b1b1a8e-7e0e-4c53-8a3b-0f4c5d1f9e21";

/// A heartbeat monitor that ingress knows.
pub(crate) async fn watch_a_job(stage: &Stage) {
    let spec: Spec = serde_json::from_value(
        json!({"name": "Nightly Backup", "group": "jobs", "kind": "heartbeat"}),
    )
    .expect("a description");
    let monitor = Monitor {
        id: MonitorId(Uuid::from_u128(3)),
        tenant: TENANT,
        revision: 1,
        scheduled_at: chrono::DateTime::UNIX_EPOCH,
        ping_key: Some(KEY.parse().expect("a UUID")),
        spec: spec.normalized(),
    };
    let monitors = stage.store.bucket::<Monitor>(stream::MONITORS).await;
    monitors
        .put(&monitor.id.to_string(), &monitor)
        .await
        .expect("written");
    let url = stage.ingress.url(&format!("/ping/{KEY}/log"));
    eventually(SOON, || async {
        Ok::<_, reqwest::Error>(testkit::http::client().get(&url).send().await?.status() == 200)
    })
    .await;
}

async fn send(stage: &Stage, method: Method, path: &str, body: &str) -> (u16, String) {
    let path = path.replace("KEY", KEY);
    let request = testkit::http::client().request(method, stage.ingress.url(&path));
    let answer = request
        .body(body.to_owned())
        .send()
        .await
        .expect("answered");
    (
        answer.status().as_u16(),
        answer.text().await.expect("words"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_ping_becomes_a_result() {
    let stage = Stage::start().await;
    watch_a_job(&stage).await;
    let ok = (200, "OK".to_owned());
    assert_eq!(send(&stage, Method::GET, "/ping/KEY", "").await, ok);
    assert_eq!(
        send(&stage, Method::HEAD, "/ping/KEY/start", "").await.0,
        200
    );
    assert_eq!(
        send(&stage, Method::POST, "/ping/KEY/0", "42 files").await,
        ok
    );
    assert_eq!(
        send(&stage, Method::POST, "/ping/KEY/3", "disk full").await,
        ok
    );
    assert_eq!(
        send(&stage, Method::POST, "/ping/KEY/fail", "gone").await,
        ok
    );
    let kuma = send(
        &stage,
        Method::GET,
        "/api/push/KEY?status=down&msg=slow&ping=12.5",
        "",
    )
    .await;
    assert_eq!(kuma, (200, "{\"ok\":true}".to_owned()));
    let gatus = testkit::http::client().post(
        stage
            .ingress
            .url("/api/v1/endpoints/jobs_nightly-backup/external?success=true&duration=1m30s"),
    );
    assert_eq!(
        gatus
            .bearer_auth(KEY)
            .send()
            .await
            .expect("answered")
            .status(),
        200
    );

    let found = results(&stage, 8).await;
    let said: Vec<_> = found
        .iter()
        .skip(1)
        .map(|result| {
            (
                result.outcome,
                result.message.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (Outcome::Success, ""),
            (Outcome::Started, ""),
            (Outcome::Success, "42 files"),
            (Outcome::Failure, "exit status 3\ndisk full"),
            (Outcome::Failure, "gone"),
            (Outcome::Failure, "slow"),
            (Outcome::Success, ""),
        ]
    );
    assert_eq!(found[6].timings.total_time_ms, Some(12.5));
    assert_eq!(found[7].timings.total_time_ms, Some(90_000.0));
    assert!(
        found
            .iter()
            .all(|result| result.region.is_heartbeat() && result.tenant == TENANT)
    );
    stage.stop().await;
}

async fn results(stage: &Stage, count: usize) -> Vec<Finished> {
    let stop = CancellationToken::new();
    let processor = stage.nats.bus(access::PROCESSOR, &stop).await;
    let found = Arc::new(Mutex::new(Vec::new()));
    let note = {
        let found = Arc::clone(&found);
        move |message: Arc<Message<Finished>>| {
            found
                .lock()
                .expect("not poisoned")
                .push(message.body.clone());
            async { Ok(()) }
        }
    };
    let durable = stream::processor_probes(Partition::of(TENANT));
    let all_found = async {
        eventually(SOON, || async {
            found.lock().expect("not poisoned").len() >= count
        })
        .await;
        stop.cancel();
    };
    tokio::join!(
        bus::consume(&processor, &durable, 1, &stop, note),
        all_found
    );
    let found = found.lock().expect("not poisoned");
    found.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_ping_is_refused_in_the_words_of_its_protocol() {
    let stage = Stage::start().await;
    watch_a_job(&stage).await;
    let unknown = Uuid::from_u128(9);
    for (path, status) in [
        (format!("/ping/{unknown}"), 404),
        ("/ping/not-a-key".to_owned(), 404),
        ("/ping/KEY/256".to_owned(), 400),
        ("/ping/KEY/stop".to_owned(), 400),
        (format!("/api/push/{unknown}"), 404),
        ("/api/push/KEY?status=maybe".to_owned(), 400),
        ("/api/push/KEY?ping=soon".to_owned(), 400),
    ] {
        let answer = send(&stage, Method::GET, &path, "").await;
        assert_eq!(answer.0, status, "{path}: {}", answer.1);
        if path.starts_with("/api/push") {
            let words: Value = serde_json::from_str(&answer.1).expect("JSON");
            assert_eq!(words["ok"], false);
        }
    }
    let gatus = |endpoint: &str, token: &str| {
        let path = format!("/api/v1/endpoints/{endpoint}/external?success=true");
        testkit::http::client()
            .post(stage.ingress.url(&path))
            .bearer_auth(token)
            .send()
    };
    assert_eq!(
        gatus("jobs_other", KEY).await.expect("answered").status(),
        404
    );
    assert_eq!(
        gatus("jobs_nightly-backup", "wrong")
            .await
            .expect("answered")
            .status(),
        401
    );
    let too_many = eventually(SOON, || async {
        send(&stage, Method::GET, "/ping/KEY", "").await.0 == 429
    });
    too_many.await;
    stage.stop().await;
}
