//! Each way through the system is one trace, asynchronous steps included.

mod canaries;
mod collector;
mod embedded;
mod exposed;
mod idle;
mod schema;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use system_tests::api::{Api, get, text};
use system_tests::environment::Plan;
use system_tests::push::{Pusher, gauge, unique};
use system_tests::{Environment, Story};
use testkit::otlp::Edge;
use testkit::target::{Answer, Server};
use testkit::webhook::Receiver as Webhooks;
use testkit::{eventually, otlp};

const NOTICED: Duration = Duration::from_secs(30);
/// Everything is exported in batches.
const EXPORTED: Duration = Duration::from_secs(30);

const SERVICES: [&str; 5] = ["frontend", "ingress", "prober", "processor", "store"];

/// `->` child of, `~>` linked to. A batch links to each of its messages; a tick links to who wrote its schedule.
const REQUIRED: [&str; 18] = [
    // A sample is pushed, judged, stored and shown.
    "ingress: POST /api/v1/metrics -> ingress: publish overseer.v1.metrics.accepted.{partition}.{tenant}",
    "ingress: publish overseer.v1.metrics.accepted.{partition}.{tenant} ~> store: process overseer.v1.metrics.accepted.{partition}.{tenant}",
    "ingress: publish overseer.v1.metrics.accepted.{partition}.{tenant} -> processor: process overseer.v1.metrics.accepted.{partition}.{tenant}",
    "store: process overseer.v1.metrics.accepted.{partition}.{tenant} -> store: copy sample",
    // A check is scheduled, made, stored and judged; people hear of it.
    "processor: publish overseer.v1.schedule.probe.{monitor}.{region} ~> prober: process overseer.v1.probe.due.{region}.{monitor}",
    "prober: process overseer.v1.probe.due.{region}.{monitor} -> prober: publish overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor}",
    "prober: publish overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor} ~> store: process overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor}",
    "prober: publish overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor} -> processor: process overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor}",
    "processor: process overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor} -> processor: publish overseer.v1.event.{kind}.{tenant}",
    "processor: publish overseer.v1.event.{kind}.{tenant} -> store: process overseer.v1.event.{kind}.{tenant}",
    "processor: publish overseer.v1.event.{kind}.{tenant} -> processor: process overseer.v1.event.{kind}.{tenant}",
    "processor: publish overseer.v1.notification.queued.{channel_kind}.{tenant} -> processor: process overseer.v1.notification.queued.{channel_kind}.{tenant}",
    "processor: process overseer.v1.notification.queued.{channel_kind}.{tenant} -> processor: POST",
    // A page is rendered: page, server function, request, SQL.
    "frontend: GET /t/{tenant} -> frontend: status-page",
    "frontend: status-page -> frontend: request overseer.v1.store.page.show",
    "frontend: request overseer.v1.store.page.show -> store: answer overseer.v1.store.page.show",
    "store: answer overseer.v1.store.page.show -> store: select monitor",
    "frontend: request overseer.v1.store.metric.query -> store: answer overseer.v1.store.metric.query",
];

#[tokio::test]
async fn each_way_through_the_system_is_one_trace() {
    let receiver = otlp::Receiver::start().await;
    let environment = Environment::up(Plan {
        otlp_endpoint: Some(receiver.endpoint()),
        ..Plan::default()
    })
    .await;
    let mut story = Story::default();
    let webhooks = Webhooks::start().await;
    story
        .check("both_ways_can_be_gone", walk(&environment, &webhooks))
        .await;
    story
        .check("every_required_edge_is_there", edges(&receiver))
        .await;
    story
        .check("a_page_takes_one_round_trip", page(&receiver))
        .await;
    story
        .check(
            "a_webhook_leads_back_to_its_check",
            webhook(&receiver, &webhooks),
        )
        .await;
    story
        .check("every_service_sends_every_signal", signals(&receiver))
        .await;
    story
        .check(
            "dashboards_and_rules_name_only_metrics_that_exist",
            exposed::dashboards_and_rules_name_only_metrics_that_exist(&environment),
        )
        .await;
    story
        .check(
            "no_metric_has_a_series_for_each_thing_there_is",
            exposed::no_metric_has_a_series_for_each_thing_there_is(&environment),
        )
        .await;
    story
        .check(
            "secrets_are_written_down_nowhere",
            secrets(&environment, &receiver),
        )
        .await;
    story
        .check("every_attribute_is_agreed_on", async {
            schema::every_attribute_is_agreed_on(&receiver);
        })
        .await;
    environment.end(story).await;
}

/// Lets secrets pass, waits until what came of them is exported, and looks for them.
async fn secrets(environment: &Environment, receiver: &otlp::Receiver) {
    let secrets = canaries::release(environment).await;
    let before = receiver.spans().iter().count();
    let metric = unique("after_canaries");
    let pusher = Pusher::new(environment);
    pusher.push(&[gauge(&metric, 1.0)]).await.expect(202);
    eventually(EXPORTED, || async {
        receiver.spans().iter().count() > before + 4
    })
    .await;
    canaries::are_nowhere(environment, receiver, &secrets);
}

/// Pushes, looks, breaks a target and waits for the webhook.
async fn walk(environment: &Environment, webhooks: &Webhooks) {
    let api = Api::sign_in(environment).await;
    let metric = unique("traced");
    let pusher = Pusher::new(environment);
    pusher.push(&[gauge(&metric, 1.0)]).await.expect(202);
    eventually(NOTICED, || async {
        api.points(&metric)
            .await
            .is_ok_and(|points| points.len() == 1)
    })
    .await;

    let target = Server::http().await;
    target.answer(Answer::status(500));
    let channel = json!({"name": "pager", "kind": "webhook", "url": webhooks.url()});
    api.post("/channels", &channel).await.expect(201);
    let monitor = json!({
        "name": "traced", "target": target.url("/"), "interval_s": 1, "timeout_ms": 1_000,
        "regions": [environment.region()], "public": true,
    });
    let monitor = api.post("/monitors", &monitor).await.expect(201);
    webhooks.wait_for(1, NOTICED).await;
    assert_eq!(get(&environment.status_page()).await.status, 200);
    let path = format!("/monitors/{}", text(&monitor, "id"));
    api.delete(&path).await.success();
}

async fn edges(receiver: &otlp::Receiver) {
    let required = BTreeSet::from(REQUIRED.map(str::to_owned));
    let seen = || -> BTreeSet<String> {
        let edges = receiver.spans().edges();
        edges.iter().map(Edge::to_string).collect()
    };
    let complete = eventually(EXPORTED, || async {
        let seen = seen();
        let missing: Vec<_> = required.difference(&seen).collect();
        if missing.is_empty() {
            Ok(seen)
        } else {
            Err(format!("missing: {missing:#?}\nof {seen:#?}"))
        }
    })
    .await;
    system_tests::story::say(&format!("edges between spans: {complete:#?}"));
    assert_eq!(receiver.refused(), Vec::<String>::new());
}

/// All that a page shows comes from one answer of the store.
async fn page(receiver: &otlp::Receiver) {
    eventually(EXPORTED, || async {
        let spans = receiver.spans();
        let views = spans.iter().filter(|it| it.name == "GET /t/{tenant}");
        let answers = views.map(|view| {
            let of_view = spans.of_trace(&view.trace);
            let answers = of_view.filter(|it| it.name == "answer overseer.v1.store.page.show");
            answers.count()
        });
        let answers: Vec<_> = answers.collect();
        if !answers.is_empty() && answers.iter().all(|count| *count == 1) {
            Ok(())
        } else {
            Err(format!("answers of each view: {answers:?}"))
        }
    })
    .await;
}

/// From the request that people get, back to the schedule, by parents and links alone.
async fn webhook(receiver: &otlp::Receiver, webhooks: &Webhooks) {
    let request = webhooks.requests().remove(0);
    let traceparent = request.header("traceparent").to_owned();
    let mut parts = traceparent.split('-').skip(1);
    let (trace, id) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let expected = [
        ("processor", "process overseer.v1.event.{kind}.{tenant}"),
        ("prober", "process overseer.v1.probe.due.{region}.{monitor}"),
        (
            "processor",
            "publish overseer.v1.schedule.probe.{monitor}.{region}",
        ),
    ];
    eventually(EXPORTED, || async {
        let spans = receiver.spans();
        let Some(post) = spans.of_trace(trace).find(|span| span.id == id) else {
            return Err(format!("no span for {traceparent:?}"));
        };
        let causes: BTreeSet<_> = spans
            .causes(post)
            .into_iter()
            .map(|span| (span.service.clone(), span.name.clone()))
            .collect();
        let is_cause = |(service, name): &(&str, &str)| {
            causes.contains(&((*service).to_owned(), (*name).to_owned()))
        };
        if expected.iter().all(is_cause) {
            Ok(())
        } else {
            Err(format!("only {causes:#?}"))
        }
    })
    .await;
}

async fn signals(receiver: &otlp::Receiver) {
    eventually(EXPORTED, || async {
        let (spans, metrics, logs) = (receiver.spans(), receiver.metrics(), receiver.logs());
        let lacks = |service: &str| {
            let of_span = spans.iter().any(|it| it.service == service);
            let of_metric = metrics.iter().any(|(it, _)| it == service);
            let of_log = logs.iter().any(|it| it.service == service);
            (!(of_span && of_metric && of_log))
                .then(|| format!("{service}: spans {of_span}, metrics {of_metric}, logs {of_log}"))
        };
        let lacking: Vec<_> = SERVICES.into_iter().filter_map(lacks).collect();
        if lacking.is_empty() {
            Ok(())
        } else {
            Err(lacking.join("\n"))
        }
    })
    .await;
}
