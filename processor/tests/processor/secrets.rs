//! A channel's secret is in the request to its provider, and nowhere else.

use std::io;
use std::sync::{Arc, Mutex};

use contract::channel::{DeliveryOutcome, Kind, Notification};
use contract::id::NotificationId;
use contract::{stream, subject};
use serde_json::{Value, json};
use testkit::webhook::Answer;
use testkit::{eventually, smtp};
use tracing_subscriber::fmt::format::FmtSpan;
use uuid::Uuid;

use crate::providers::opened;
use crate::stage::{DEADLINE, Stage};

const CANARY: &str = "canary0123456789canary0123456789";

/// All that is logged, spans with their fields included.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no holder panics").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn record() -> Log {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter("debug,processor=trace,bus=trace,service=trace,lettre=trace")
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .try_init()
        .expect("nothing logs yet: each test is a process");
    log
}

/// A channel of each kind that has a secret, all of them sending to the stage's receivers.
fn channels(stage: &Stage, mail: &smtp::Server) -> Vec<(Kind, Value, String)> {
    let server = stage.receiver.url();
    let hook = format!("{server}/{CANARY}");
    let mail = json!({
        "kind": "email", "host": "127.0.0.1", "port": mail.address.port(), "security": "none", "username": "overseer",
        "from": "overseer@example.com", "to": ["ann@example.com"],
    });
    vec![
        (
            Kind::Webhook,
            json!({"kind": "webhook", "url": server}),
            format!("whsec_{CANARY}"),
        ),
        (
            Kind::Telegram,
            json!({"kind": "telegram", "chat_id": "1", "url": server}),
            format!("1:{CANARY}"),
        ),
        (Kind::Slack, json!({"kind": "slack"}), hook.clone()),
        (Kind::Discord, json!({"kind": "discord"}), hook),
        (
            Kind::Pagerduty,
            json!({"kind": "pagerduty", "url": server}),
            CANARY.to_owned(),
        ),
        (
            Kind::Ntfy,
            json!({"kind": "ntfy", "topic": "alerts", "url": server}),
            CANARY.to_owned(),
        ),
        (Kind::Email, mail, CANARY.to_owned()),
    ]
}

#[tokio::test]
async fn no_secret_reaches_a_stream_a_log_or_a_span() {
    let log = record();
    let stage = Stage::without_store().await;
    stage.answer();
    let mail = smtp::Server::start().await;
    let processor = stage.processor().await;
    stage.receiver.answer_next([Answer::Status(503); 6]);
    mail.answer_next([smtp::Answer::Close]);
    let bus = stage.processor_bus().await;
    for (number, (kind, settings, secret)) in (1..).zip(channels(&stage, &mail)) {
        let channel = stage.channels.add(&settings, &secret);
        let id = NotificationId(Uuid::from_u128(number));
        let notification = Notification::new(id, stage.tenant, channel, opened());
        let subject = subject::notification_queued(kind, stage.tenant);
        let message_id = notification.message_id();
        let queued = bus.publish(&subject, &message_id, &notification);
        queued.await.expect("queued");
    }
    eventually(DEADLINE, || async {
        let log = stage.deliveries();
        let arrived = log
            .iter()
            .filter(|it| it.outcome == DeliveryOutcome::Delivered);
        if arrived.count() == 7 {
            Ok(())
        } else {
            Err(format!("{log:#?}"))
        }
    })
    .await;
    let kept = bus.bucket::<Value>(stream::DELIVERIES).await;
    for key in kept.keys().await.expect("keys") {
        let entry = kept.get(&key).await.expect("an answer").expect("an entry");
        assert!(!entry.value.to_string().contains(CANARY), "{entry:?}");
    }
    let events = serde_json::to_string(&stage.events()).expect("JSON");
    assert!(!events.contains(CANARY), "{events}");
    processor.stop().await;
    stage.strike().await;
    let logged = String::from_utf8_lossy(&log.0.lock().expect("no holder panics")).into_owned();
    assert!(
        logged.contains("attempt 1: HTTP 503"),
        "something is logged"
    );
    let told: Vec<_> = logged.lines().filter(|it| it.contains(CANARY)).collect();
    assert_eq!(told, Vec::<&str>::new());
}
