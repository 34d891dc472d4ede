//! What surrounds a processor in a test: NATS, a store that knows one channel, a receiver of webhooks, and a prober's hand.

mod channels;
mod results;
mod rules;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Bus, Message};
use chrono::{DateTime, Utc};
use contract::access;
use contract::channel::Delivery;
use contract::event::Event;
use contract::id::{MonitorId, TenantId};
use contract::monitor::{Monitor, State};
use contract::{stream, subject};
use serde_json::json;
use testkit::{Nats, Process, eventually, webhook};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use channels::Channels;
pub(crate) use results::{ago, result};

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const A: &str = "eu-central";
pub(crate) const B: &str = "us-east";

pub(crate) struct Stage {
    pub(crate) nats: Nats,
    pub(crate) receiver: webhook::Receiver,
    pub(crate) tenant: TenantId,
    pub(crate) channels: Channels,
    pub(crate) store: Bus,
    pub(crate) prober: Bus,
    pushed: rules::Pushed,
    events: Arc<Mutex<Vec<Event>>>,
    store_stop: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Stage {
    /// Everything but the processor.
    pub(crate) async fn set() -> Self {
        let mut stage = Self::without_store().await;
        stage.open_store();
        stage
    }

    /// The store does not answer yet.
    pub(crate) async fn without_store() -> Self {
        let stage = Self::bare().await;
        stage.listen();
        stage
    }

    /// Nobody stands in for the store.
    pub(crate) async fn bare() -> Self {
        let nats = testkit::nats().await;
        nats.provision().await;
        let stop = CancellationToken::new();
        Self {
            receiver: webhook::Receiver::start().await,
            tenant: TenantId(Uuid::now_v7()),
            channels: Channels::default(),
            store: nats.bus(access::STORE, &stop).await,
            prober: nats.bus(access::PROBER, &stop).await,
            pushed: rules::Pushed::default(),
            events: Arc::default(),
            store_stop: stop.child_token(),
            stop,
            tasks: TaskTracker::new(),
            nats,
        }
    }

    pub(crate) fn open_store(&mut self) {
        let hook = json!({"kind": "webhook", "url": self.receiver.url()});
        self.channels.add(&hook, SECRET);
        self.answer();
    }

    /// A store answers that knows what was added to `channels`.
    pub(crate) fn answer(&self) {
        let server = self.channels.server(&self.store);
        let server = rules::answer_past(server, &self.pushed);
        let stop = self.store_stop.clone();
        self.tasks.spawn(async move { server.serve(&stop).await });
    }

    /// A processor that may send to loopback and retries after these seconds.
    pub(crate) fn args(&self, backoff_s: &[f64]) -> processor::Args {
        processor::Args {
            nats: self.nats.args(access::PROCESSOR),
            allow: vec!["127.0.0.0/8".to_owned()],
            backoff_s: backoff_s.to_vec(),
            burst: 5,
            gather_s: 1,
            compare_every_s: 1,
        }
    }

    pub(crate) async fn processor(&self) -> Process {
        Process::start("processor", processor::serve, self.args(&[0.2, 0.2, 0.2])).await
    }

    /// What the processor itself may see and do.
    pub(crate) async fn processor_bus(&self) -> Bus {
        self.nats.bus(access::PROCESSOR, &self.stop).await
    }

    /// A monitor that looks every 10 s from both regions.
    pub(crate) async fn monitor(&self) -> Monitor {
        let monitor = self.describe(&serde_json::json!({"interval_s": 10, "timeout_ms": 1_000}));
        self.put(&monitor).await;
        monitor
    }

    pub(crate) fn describe(&self, more: &serde_json::Value) -> Monitor {
        let mut spec = serde_json::json!({
            "name": "Public API",
            "target": "https://example.com",
            "regions": [A, B],
        });
        let (Some(spec_fields), Some(more)) = (spec.as_object_mut(), more.as_object()) else {
            panic!("a description is an object");
        };
        spec_fields.extend(more.clone());
        Monitor {
            id: MonitorId(Uuid::now_v7()),
            tenant: self.tenant,
            revision: 1,
            ping_key: None,
            scheduled_at: DateTime::UNIX_EPOCH,
            spec: serde_json::from_value(spec).expect("a description of a monitor"),
        }
    }

    pub(crate) async fn put(&self, monitor: &Monitor) {
        let bucket = self.store.bucket::<Monitor>(stream::MONITORS).await;
        bucket
            .put(&monitor.id.to_string(), monitor)
            .await
            .expect("the store may write monitors");
    }

    pub(crate) async fn delete(&self, monitor: &Monitor) {
        let bucket = self.store.bucket::<Monitor>(stream::MONITORS).await;
        bucket
            .delete(&monitor.id.to_string())
            .await
            .expect("the store may delete monitors");
    }

    /// A prober found this at `tick_at`. Its message has an id of its own each time, so the server keeps it although it may be a repetition.
    pub(crate) async fn result(
        &self,
        monitor: &Monitor,
        region: &str,
        tick_at: DateTime<Utc>,
        ok: bool,
    ) {
        let result = result(monitor, region, tick_at, ok);
        let subject = subject::probe_finished(monitor.tenant, &result.region, monitor.id);
        self.prober
            .publish(&subject, &Uuid::now_v7().to_string(), &result)
            .await
            .expect("a prober may publish results");
    }

    /// Both regions succeed, then fail twice: the monitor goes down.
    pub(crate) async fn outage(&self, monitor: &Monitor) {
        for (age, ok) in [(6, true), (4, false), (2, false)] {
            for region in [A, B] {
                self.result(monitor, region, ago(age), ok).await;
            }
        }
    }

    pub(crate) async fn recovery(&self, monitor: &Monitor) {
        for region in [A, B] {
            self.result(monitor, region, ago(0), true).await;
        }
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().expect("no holder panics").clone()
    }

    /// The states a monitor went through, oldest first.
    pub(crate) fn states(&self, monitor: &Monitor) -> Vec<State> {
        let change = |event: Event| match event {
            Event::StateChanged(change) if change.monitor == monitor.id => Some(change.to),
            _ => None,
        };
        self.events().into_iter().filter_map(change).collect()
    }

    pub(crate) async fn until_states(&self, monitor: &Monitor, expected: &[State]) {
        eventually(DEADLINE, || async {
            let states = self.states(monitor);
            if states == expected {
                Ok(())
            } else {
                Err(format!("{states:?}"))
            }
        })
        .await;
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        let delivery = |event: Event| match event {
            Event::DeliveryAttempted(delivery) => Some(delivery),
            _ => None,
        };
        self.events().into_iter().filter_map(delivery).collect()
    }

    pub(crate) async fn until_deliveries(&self, count: usize) -> Vec<Delivery> {
        eventually(DEADLINE, || async {
            let deliveries = self.deliveries();
            if deliveries.len() >= count {
                Ok(deliveries)
            } else {
                Err(format!("{deliveries:#?}"))
            }
        })
        .await
    }

    /// How many messages a stream holds.
    pub(crate) async fn messages_in(&self, name: &str) -> u64 {
        let url = format!("{}/jsz?streams=1", self.nats.monitor_url());
        let answer = testkit::http::client()
            .get(url)
            .send()
            .await
            .expect("NATS answers");
        let state: serde_json::Value = answer.json().await.expect("JSON");
        state["account_details"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|account| {
                account["stream_detail"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default()
            })
            .filter(|stream| stream["name"] == name)
            .filter_map(|stream| stream["state"]["messages"].as_u64())
            .sum()
    }

    pub(crate) async fn strike(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Keeps every event once, as the store does.
    fn listen(&self) {
        let (bus, stop) = (self.store.clone(), self.stop.clone());
        let events = Arc::clone(&self.events);
        self.tasks.spawn(async move {
            let durable = stream::store_events();
            let keep = move |message: Arc<Message<Event>>| {
                let mut events = events.lock().expect("no holder panics");
                let id = message.body.message_id();
                if events.iter().all(|event| event.message_id() != id) {
                    events.push(message.body.clone());
                }
                std::future::ready(Ok(()))
            };
            bus::consume(&bus, &durable, 1, &stop, keep).await;
        });
    }
}
