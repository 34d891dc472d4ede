//! Rules, what is pushed for them, and a store that remembers it.

use std::sync::{Arc, Mutex};

use bus::Server;
use chrono::{DateTime, Utc};
use contract::event::Event;
use contract::id::RuleId;
use contract::metric::{Batch, Kind, Labels, Series};
use contract::rule::memory::Memory;
use contract::rule::{Page, Past, ReadPast, Rule, Source};
use contract::{access, stream, subject};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{DEADLINE, Stage};

/// All that was pushed, as the store has it.
pub(crate) type Pushed = Arc<Mutex<Vec<Series>>>;

/// Answers what rules look at from all that was pushed.
pub(super) fn answer_past(server: Server, pushed: &Pushed) -> Server {
    let pushed = Arc::clone(pushed);
    server.on::<ReadPast, _, _>(move |_, request: ReadPast| {
        let past = past(&pushed.lock().expect("no holder panics"), &request);
        std::future::ready(Ok(Page { past, next: None }))
    })
}

fn past(pushed: &[Series], request: &ReadPast) -> Vec<Past> {
    let Source::Metric(selector) = request.condition.source() else {
        return Vec::new();
    };
    let known = pushed
        .iter()
        .filter(|series| selector.accepts(&series.name, &series.labels));
    known
        .map(|series| Past {
            labels: series.labels.clone(),
            points: series
                .points
                .iter()
                .filter(|(at, _)| (request.from_ms..request.to_ms).contains(at))
                .copied()
                .collect(),
        })
        .collect()
}

impl Stage {
    /// A rule that fires when the highest temperature of five seconds is above 90, with changes.
    pub(crate) async fn rule(&self, more: &serde_json::Value) -> Rule {
        let mut rule = serde_json::json!({
            "id": RuleId(Uuid::now_v7()), "tenant": self.tenant, "revision": 1, "name": "Hot",
            "kind": "threshold", "metric": "temperature", "aggregate": "max", "window_s": 5,
            "operator": ">", "value": 90.0, "cooldown_s": 0,
        });
        let fields = rule.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        let rule: Rule = serde_json::from_value(rule).expect("a rule");
        self.put_rule(&rule).await;
        rule
    }

    pub(crate) async fn put_rule(&self, rule: &Rule) {
        let bucket = self.store.bucket::<Rule>(stream::RULES).await;
        let put = bucket.put(&rule.id.to_string(), rule).await;
        put.expect("the store may write rules");
    }

    pub(crate) async fn delete_rule(&self, rule: &Rule) {
        let bucket = self.store.bucket::<Rule>(stream::RULES).await;
        let deleted = bucket.delete(&rule.id.to_string()).await;
        deleted.expect("the store may delete rules");
    }

    /// A temperature of the kitchen, now.
    pub(crate) async fn push(&self, value: f64) {
        self.push_at(service::now(), value).await;
    }

    pub(crate) async fn push_at(&self, at: DateTime<Utc>, value: f64) {
        let series = Series {
            name: "temperature".to_owned(),
            labels: Labels::from([("room".to_owned(), "kitchen".to_owned())]),
            kind: Kind::Gauge,
            unit: None,
            points: vec![(at.timestamp_millis(), value)],
        };
        let batch = Batch {
            received_ms: at.timestamp_millis(),
            series: vec![series.clone()],
        };
        self.pushed.lock().expect("no holder panics").push(series);
        let stop = CancellationToken::new();
        let ingress = self.nats.bus(access::INGRESS, &stop).await;
        let on = subject::metrics_accepted(self.tenant);
        let id = Uuid::now_v7().to_string();
        let sent = ingress.publish_packed(&on, &id, &batch).await;
        sent.expect("ingress may publish samples");
    }

    /// What was told of alerts, oldest first.
    pub(crate) fn alerts(&self) -> Vec<Event> {
        let is_alert = |event: &Event| event.kind().starts_with("alert-");
        self.events().into_iter().filter(is_alert).collect()
    }

    pub(crate) async fn until_alerts(&self, expected: &[&str]) -> Vec<Event> {
        eventually(DEADLINE, || async {
            let alerts = self.alerts();
            let kinds: Vec<_> = alerts.iter().map(Event::kind).collect();
            if kinds == expected {
                Ok(alerts)
            } else {
                Err(format!("{kinds:?}"))
            }
        })
        .await
    }

    /// What is remembered of a rule.
    pub(crate) async fn memory(&self, rule: &Rule) -> Option<Memory> {
        let bus = self.processor_bus().await;
        let states = bus.bucket::<Memory>(stream::ALERT_STATE).await;
        let entry = states.get(&format!("rule.{}", rule.id)).await;
        entry.expect("it may").map(|entry| entry.value)
    }
}
