//! With no collector named, what the services say of themselves is in the system itself, and nothing feeds itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use system_tests::api::{Api, text};
use system_tests::environment::Plan;
use system_tests::{Environment, Story};
use testkit::eventually;
use testkit::webhook::Receiver as Webhooks;

use super::{EXPORTED, REQUIRED, idle, walk};

/// Most series that all services together have, and most operations.
const MAX_SERIES: usize = 3_000;
const MAX_OPERATIONS: usize = 300;

/// What is told of a span.
pub(crate) struct Span {
    trace: String,
    parent: Option<String>,
    called: String,
    links: Vec<(String, String)>,
}

pub(crate) type Spans = BTreeMap<(String, String), Span>;

#[tokio::test]
async fn the_system_keeps_its_own_traces_and_does_not_feed_itself() {
    let environment = Environment::up(Plan::default()).await;
    let own = Api::sign_in(&environment)
        .await
        .at(&environment, "overseer");
    let mut story = Story::default();
    let webhooks = Webhooks::start().await;
    story
        .check("both_ways_can_be_gone", walk(&environment, &webhooks))
        .await;
    story
        .check("every_required_edge_is_kept", edges(&own))
        .await;
    story
        .check("nothing_is_said_of_telemetry", silence(&own))
        .await;
    story
        .check("no_secret_is_kept", secrets(&environment, &own))
        .await;
    story
        .check("cardinality_is_bounded", cardinality(&own))
        .await;
    story
        .check(
            "a_member_reads_what_was_done_for_its_tenant",
            about(&environment, &own),
        )
        .await;
    let spans = read(&own).await;
    story
        .check(
            "what_a_span_takes_up_is_told",
            idle::bytes_per_span(&environment, &spans),
        )
        .await;
    story
        .check(
            "a_quiet_system_stays_quiet",
            idle::a_quiet_system_stays_quiet(&environment),
        )
        .await;
    environment.end(story).await;
}

/// What is looked for: whoever reads leaves traces, too, so the newest of all would soon be those.
const LOOKED_FOR: [&str; 5] = [
    "service=ingress&operation=POST%20%2Fapi%2Fv1%2Fmetrics",
    "service=prober",
    "service=processor",
    "service=frontend&operation=GET%20%2Ft%2F%7Btenant%7D",
    "service=frontend&operation=request%20overseer.v1.store.metric.query",
];

/// All spans of these traces, with those that they are joined with.
async fn read(own: &Api) -> Spans {
    let mut spans = Spans::new();
    for looked_for in LOOKED_FOR {
        let path = format!("/traces?limit=40&from=0&{looked_for}");
        let found = own.get(&path).await.success();
        add(own, &found, &mut spans).await;
    }
    spans
}

async fn add(own: &Api, found: &Value, spans: &mut Spans) {
    for trace in found["traces"].as_array().into_iter().flatten() {
        let id = text(trace, "id");
        if spans.keys().any(|(known, _)| *known == id) {
            continue;
        }
        let joined = own.get(&format!("/traces/{id}")).await.success();
        for span in joined["spans"].as_array().into_iter().flatten() {
            let links = span["links"].as_array().into_iter().flatten();
            let told = Span {
                trace: text(span, "trace_id"),
                parent: span["parent_id"].as_str().map(str::to_owned),
                called: format!("{}: {}", text(span, "service"), text(span, "name")),
                links: links
                    .map(|link| (text(link, "trace_id"), text(link, "span_id")))
                    .collect(),
            };
            spans.insert((told.trace.clone(), text(span, "span_id")), told);
        }
    }
}

fn edges_of(spans: &Spans) -> BTreeSet<String> {
    let mut edges = BTreeSet::new();
    for span in spans.values() {
        let parent = span
            .parent
            .as_ref()
            .map(|id| (span.trace.clone(), id.clone()));
        if let Some(parent) = parent.and_then(|key| spans.get(&key)) {
            edges.insert(format!("{} -> {}", parent.called, span.called));
        }
        for linked in span.links.iter().filter_map(|key| spans.get(key)) {
            edges.insert(format!("{} ~> {}", linked.called, span.called));
        }
    }
    edges
}

async fn edges(own: &Api) {
    let required = BTreeSet::from(REQUIRED.map(str::to_owned));
    let known = std::sync::Mutex::new(BTreeSet::new());
    eventually(EXPORTED * 2, || async {
        let seen = edges_of(&read(own).await);
        let mut known = known.lock().expect("not poisoned");
        known.extend(seen);
        let missing: Vec<_> = required.difference(&known).cloned().collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("missing: {missing:#?}"))
        }
    })
    .await;
}

/// Exports went on all the while: had they been recorded, they would be there.
async fn silence(own: &Api) {
    let services = own.get("/services").await.success();
    let about_telemetry: Vec<String> = services
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|one| one["operations"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(str::to_owned))
        .filter(|name| {
            let own_work = ["telemetry", "/v1/traces", "/v1/logs", "/v1/metrics"];
            own_work.iter().any(|word| name.contains(word)) && !name.contains("/api/v1/metrics")
        })
        // Reading and forgetting are work like any other, however much was said.
        .filter(|name| {
            !name.starts_with("select telemetry") && !name.starts_with("delete telemetry")
        })
        .collect();
    assert_eq!(about_telemetry, Vec::<String>::new());
    // The services' own metrics are samples like all others, but nobody records how they are handled.
    for operation in ["publish", "process"] {
        let search = format!(
            "/traces?from=0&attribute=overseer.tenant.id%3D{}&operation={operation}%20overseer.v1.metrics.accepted.%7Bpartition%7D.%7Btenant%7D",
            contract::telemetry::TENANT
        );
        let found = own.get(&search).await.success();
        assert_eq!(found["traces"], Value::Array(Vec::new()), "{operation}");
    }
}

async fn secrets(environment: &Environment, own: &Api) {
    let found = own.get("/traces?limit=100&from=0").await.success();
    let canaries = [environment.token(), environment.password()];
    for trace in found["traces"].as_array().into_iter().flatten() {
        let joined = own.get(&format!("/traces/{}", text(trace, "id"))).await;
        let told = joined.success().to_string();
        for canary in &canaries {
            assert!(
                !told.contains(canary),
                "a secret is in trace {}",
                trace["id"]
            );
        }
    }
    let logs = own.get("/logs?limit=1000").await.success().to_string();
    for canary in &canaries {
        assert!(!logs.contains(canary), "a secret is in the logs");
    }
}

async fn cardinality(own: &Api) {
    let metrics = eventually(EXPORTED, || async {
        let metrics = own.get("/metrics").await.success();
        let metrics = metrics.as_array().cloned().unwrap_or_default();
        (!metrics.is_empty())
            .then_some(metrics)
            .ok_or_else(|| "no metric was exported yet".to_owned())
    })
    .await;
    let series = metrics
        .iter()
        .filter_map(|one| one["series_count"].as_u64());
    let series = usize::try_from(series.sum::<u64>()).unwrap_or(usize::MAX);
    assert!(series < MAX_SERIES, "{series} series");
    let services = own.get("/services").await.success();
    let operations = services.as_array().into_iter().flatten();
    let operations = operations.map(|one| one["operations"].as_array().map_or(0, Vec::len));
    assert!(operations.sum::<usize>() < MAX_OPERATIONS, "{services}");
}

/// The push of the demo's tenant, read by its member; by its own search it is not found.
async fn about(environment: &Environment, own: &Api) {
    let push = "/traces?limit=10&from=0&service=ingress&operation=POST%20%2Fapi%2Fv1%2Fmetrics";
    let found = own.get(push).await.success();
    let member = Api::sign_in(environment).await;
    let theirs = member.get(push).await.success();
    assert_eq!(theirs["traces"], Value::Array(Vec::new()));
    let mut read = 0;
    for trace in found["traces"].as_array().into_iter().flatten() {
        let joined = member.get(&format!("/traces/{}", text(trace, "id"))).await;
        read += usize::from(joined.status == 200);
    }
    assert!(read > 0, "none of {found}");
}
