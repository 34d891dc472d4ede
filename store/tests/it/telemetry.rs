//! Traces and logs: stored once, found, joined, forgotten, and seen by nobody else.

use bus::Bus;
use contract::id::TenantId;
use contract::rpc::{Caller, Error};
use contract::telemetry::{
    self, Find, Found, Joined, ListServices, ListStreams, Log, Read, ReadLogs, ReadMap, Received,
    Search, Signal, TraceId,
};
use contract::{access, subject};
use serde_json::{Value, json};
use testkit::eventually;

use crate::deployment::{Deployment, Owner, SOON};
use crate::messages::now;

pub(crate) fn trace(n: u8) -> TraceId {
    TraceId::from_bytes(&[n; 16]).expect("not zero")
}

/// A span of the nth trace that began so many milliseconds ago, with more said of it.
fn span(of: u8, n: u8, name: &str, ago_ms: i64, more: &Value) -> Value {
    let mut span = json!({
        "trace_id": trace(of), "span_id": format!("{n:016x}"), "name": name,
        "start_us": (now().timestamp_millis() - ago_ms) * 1_000, "duration_us": 4_000,
    });
    let fields = span.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    span
}

async fn push(bus: &Bus, tenant: TenantId, id: &str, signal: Signal, groups: &Value) {
    let received: Received =
        serde_json::from_value(json!({"received_ms": 0, "groups": groups})).expect("a message");
    let subject = subject::telemetry_received(signal, tenant);
    let published = bus.publish_packed(&subject, id, &received).await;
    published.expect("published");
}

/// A push in ingress, and the store's batch of it in a trace of its own, which failed; and what was logged meanwhile.
pub(crate) async fn push_story(deployment: &Deployment, tenant: TenantId, about: TenantId) {
    let ingress = deployment.bus(access::INGRESS).await;
    let about = json!({"attributes": {"overseer.tenant.id": about, "http.route": "/api/v1/metrics"}, "kind": "server"});
    let link = json!({"trace_id": trace(1), "span_id": "0000000000000002"});
    let batch = json!({"links": [link], "status": "error", "kind": "consumer", "attributes": about["attributes"]});
    let spans = json!([
        {"resource": {"service": "ingress"}, "spans": [
            span(1, 1, "POST /api/v1/metrics", 2_000, &about),
            span(1, 2, "publish", 1_999, &json!({"parent_id": "0000000000000001", "kind": "producer"})),
        ]},
        {"resource": {"service": "store"}, "spans": [span(2, 3, "process", 1_000, &batch)]},
    ]);
    push(&ingress, tenant, "spans", Signal::Spans, &spans).await;
    let record = json!({"trace_id": trace(2), "span_id": "0000000000000003", "severity": 17, "body": "away",
        "at_us": now().timestamp_micros()});
    let logs = json!([{"resource": {"service": "store"}, "logs": [record]}]);
    push(&ingress, tenant, "logs", Signal::Logs, &logs).await;
}

pub(crate) fn find(search: Search) -> Find {
    Find {
        search,
        before: None,
        limit: 10,
    }
}

async fn found(deployment: &Deployment, caller: &Caller, search: Search) -> Found {
    let answer = deployment.ask(caller, find(search)).await;
    answer.expect("an answer")
}

async fn joined(deployment: &Deployment, caller: &Caller, id: TraceId) -> Result<Joined, Error> {
    deployment.ask(caller, Read { id }).await
}

/// A deployment in which the owner's tenant told its story.
async fn told() -> (Deployment, Owner) {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    push_story(&deployment, owner.tenant, owner.tenant).await;
    let table = "telemetry where body is not null";
    deployment.eventually_count(owner.tenant, table, 3).await;
    (deployment, owner)
}

#[tokio::test]
async fn traces_are_found_by_what_is_said_of_them() {
    let (deployment, owner) = told().await;
    let ids = async |search: Search| -> Vec<TraceId> {
        let found = found(&deployment, &owner.caller, search).await;
        found.traces.iter().map(|one| one.id).collect()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(ids(Search::default()).await, [trace(2), trace(1)]);
    let failed = Search {
        error: true,
        ..Search::default()
    };
    assert_eq!(ids(failed).await, [trace(2)]);
    let publish = Search {
        service: text("ingress"),
        operation: text("publish"),
        ..Search::default()
    };
    assert_eq!(ids(publish).await, [trace(1)]);
    let route = Search {
        attribute: text("http.route=/api/v1/metrics"),
        service: text("store"),
        ..Search::default()
    };
    assert_eq!(ids(route).await, [trace(2)]);
    let other = Search {
        attribute: text("http.route=/"),
        ..Search::default()
    };
    assert_eq!(ids(other).await, []);
    let long = Search {
        min_duration_us: Some(4_001),
        ..Search::default()
    };
    assert_eq!(ids(long).await, [trace(1)], "the whole of it took 5 ms");
    let first = deployment
        .ask(
            &owner.caller,
            Find {
                limit: 1,
                ..find(Search::default())
            },
        )
        .await;
    let first = first.expect("a page");
    let second = Find {
        before: first.next,
        ..find(Search::default())
    };
    let second = deployment.ask(&owner.caller, second).await.expect("a page");
    assert_eq!(
        [first.traces[0].id, second.traces[0].id],
        [trace(2), trace(1)]
    );
    assert_eq!((second.traces.len(), second.next), (1, None));
    deployment.stop().await;
}

#[tokio::test]
async fn linked_traces_are_one_picture_from_either_end() {
    let (deployment, owner) = told().await;
    for id in [trace(1), trace(2)] {
        let joined = joined(&deployment, &owner.caller, id)
            .await
            .expect("a trace");
        let told: Vec<_> = joined
            .spans
            .iter()
            .map(|one| (one.service.as_str(), one.span.name.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("ingress", "POST /api/v1/metrics"),
                ("ingress", "publish"),
                ("store", "process")
            ]
        );
        assert_eq!(joined.logs[0].record.body, "away");
        assert!(!joined.truncated);
    }
    let to_ms = now().timestamp_millis() + 1;
    let read = ReadMap {
        from_ms: to_ms - 60_000,
        to_ms,
    };
    let map = deployment.ask(&owner.caller, read).await.expect("a map");
    let edges: Vec<_> = map
        .edges
        .iter()
        .map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.asynchronous))
        .collect();
    assert_eq!(edges, [("ingress", "store", true)]);
    for (from_ms, to_ms) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (to_ms, to_ms)] {
        let refused = deployment
            .ask(&owner.caller, ReadMap { from_ms, to_ms })
            .await
            .err();
        assert!(
            matches!(refused, Some(Error::Invalid { .. })),
            "{refused:?}"
        );
    }
    let services = deployment
        .ask(&owner.caller, ListServices {})
        .await
        .expect("services");
    let services: Vec<_> = services
        .iter()
        .map(|one| (one.service.as_str(), one.operations.len()))
        .collect();
    assert_eq!(services, [("ingress", 2), ("store", 1)]);
    let logs = ReadLogs {
        trace: None,
        service: None,
        min_severity: 17,
        before: None,
        limit: 10,
    };
    let logs = deployment.ask(&owner.caller, logs).await.expect("logs");
    assert_eq!(logs.len(), 1);
    deployment.stop().await;
}

#[tokio::test]
async fn logs_are_read_to_their_end_however_many_traces_they_are_of() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let at_us = now().timestamp_micros();
    // Two of each instant.
    let record = |n: i64| json!({"trace_id": format!("{n:032x}"), "at_us": at_us - n / 2, "severity": 9, "body": "x"});
    let records: Vec<Value> = (1..=700).map(record).collect();
    let logs = json!([{"resource": {"service": "store"}, "logs": records}]);
    push(&ingress, owner.tenant, "many", Signal::Logs, &logs).await;
    deployment
        .eventually_count(owner.tenant, "telemetry", 700)
        .await;
    let read = async |limit, before| {
        let logs = ReadLogs {
            trace: None,
            service: None,
            min_severity: 0,
            before,
            limit,
        };
        deployment.ask(&owner.caller, logs).await.expect("logs")
    };
    let whole = read(1_000, None).await;
    assert_eq!(whole.len(), 700);
    let mut pieces: Vec<Log> = Vec::new();
    loop {
        let piece = read(151, pieces.last().map(Log::place)).await;
        if piece.is_empty() {
            break;
        }
        pieces.extend(piece);
    }
    assert_eq!(pieces, whole);
    deployment.stop().await;
}

#[tokio::test]
async fn those_who_run_it_see_what_nats_holds() {
    let deployment = Deployment::start().await;
    let caller = Caller::Member {
        tenant: telemetry::TENANT,
        user: contract::id::UserId::generate(),
        role: contract::rpc::Role::Viewer,
    };
    let streams = deployment
        .ask(&caller, ListStreams {})
        .await
        .expect("streams");
    let telemetry = streams
        .iter()
        .find(|one| one.name == "TELEMETRY")
        .expect("it is there");
    assert_eq!(
        (telemetry.messages, telemetry.consumers[0].name.as_str()),
        (0, "store-telemetry")
    );
    let metrics = streams
        .iter()
        .find(|one| one.name == "METRICS")
        .expect("it is there");
    assert_eq!(
        (metrics.consumers.len(), metrics.consumers[0].dead),
        (32, 0)
    );
    deployment.stop().await;
}

#[tokio::test]
async fn what_comes_twice_is_stored_once_and_late_spans_appear() {
    let (deployment, owner) = told().await;
    let ingress = deployment.bus(access::INGRESS).await;
    let again = json!([{"resource": {"service": "late"}, "spans": [span(1, 9, "late", 60_000, &json!({"start_us": 1_000_000 * (now().timestamp() - 60)}))]}]);
    for id in ["once", "twice"] {
        push(&ingress, owner.tenant, id, Signal::Spans, &again).await;
    }
    deployment
        .eventually_count(owner.tenant, "telemetry", 4)
        .await;
    eventually(SOON, || async {
        match deployment.messages("TELEMETRY").await {
            4 => Ok(()),
            count => Err(format!("{count} messages")),
        }
    })
    .await;
    assert_eq!(deployment.count(owner.tenant, "telemetry").await, 4);
    let joined = joined(&deployment, &owner.caller, trace(1))
        .await
        .expect("a trace");
    assert_eq!(joined.spans.len(), 4);
    deployment.stop().await;
}

#[tokio::test]
async fn what_a_plan_no_longer_keeps_is_hidden_and_then_gone() {
    let (deployment, owner) = told().await;
    for statement in [
        "select ensure_chunk('telemetry', now() - interval '121 minutes')",
        "select ensure_chunk('telemetry', now() - interval '119 minutes')",
        // Not an update: a row of a hypertable stays in its chunk.
        "with old as (delete from telemetry returning *) insert into telemetry
            (tenant_id, trace_id, signal, started_at, key, about, longest_us, severest, weight, terms, body)
        select tenant_id, trace_id, signal, started_at - interval '2 hours', key, about, longest_us, severest, weight, terms, body
        from old",
    ] {
        deployment.execute(owner.tenant, statement).await;
    }
    assert_eq!(
        found(&deployment, &owner.caller, Search::default())
            .await
            .traces
            .len(),
        2
    );
    let shorter = "update tenant set telemetry_hours = 1 where id = current_tenant()";
    deployment.execute(owner.tenant, shorter).await;
    assert_eq!(
        found(&deployment, &owner.caller, Search::default())
            .await
            .traces
            .len(),
        0
    );
    deployment.tidy().await;
    deployment
        .execute(owner.tenant, "update tenant set telemetry_hours = 24")
        .await;
    deployment
        .eventually_count(owner.tenant, "telemetry", 0)
        .await;
    deployment.stop().await;
}

#[tokio::test]
async fn a_tenant_reads_what_our_services_did_for_it_and_nothing_else() {
    let deployment = Deployment::start().await;
    let (owner, other) = (
        deployment.sign_up("acme").await,
        deployment.sign_up("umbrella").await,
    );
    push_story(&deployment, telemetry::TENANT, owner.tenant).await;
    deployment
        .eventually_count(telemetry::TENANT, "telemetry", 3)
        .await;
    let own = joined(&deployment, &owner.caller, trace(1))
        .await
        .expect("a trace");
    assert_eq!(own.spans.len(), 3);
    assert!(own.logs.is_empty(), "what is logged may be about anybody");
    for id in [trace(1), trace(2)] {
        let refused = joined(&deployment, &other.caller, id).await;
        assert!(
            matches!(refused, Err(Error::NotFound { .. })),
            "{refused:?}"
        );
    }
    for caller in [&owner.caller, &other.caller] {
        let found = found(&deployment, caller, Search::default()).await;
        assert!(found.traces.is_empty(), "a search is for a tenant's own");
    }
    deployment.stop().await;
}
