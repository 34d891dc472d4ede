//! The way of notifications to receivers of every temper: order, bursts, silence, secrets.

use std::time::Duration;

use contract::channel::DeliveryOutcome::{Dead, Delivered, Failed};
use contract::channel::{Content, Delivery, Kind, Notification};
use contract::event::{Event, IncidentOpened, IncidentResolved};
use contract::id::{IncidentId, NotificationId};
use contract::subject;
use serde_json::{Value, json};
use testkit::webhook::{Answer, Request};
use testkit::{Process, eventually, smtp};
use uuid::Uuid;

use crate::providers::{opened, queue};
use crate::stage::{DEADLINE, Stage, ago};

/// The events of an incident, published as its state machine would.
async fn happen(stage: &Stage, event: Event) {
    stage
        .processor_bus()
        .await
        .publish(
            &subject::event(event.kind(), stage.tenant),
            &event.message_id(),
            &event,
        )
        .await
        .expect("a processor may publish events");
}

fn opening(number: u128) -> Event {
    Event::IncidentOpened(IncidentOpened {
        detail: None,
        incident: IncidentId(Uuid::from_u128(number)),
        monitor: contract::id::MonitorId(Uuid::from_u128(number)),
        monitor_name: format!("Shop {number}"),
        started_at: ago(10),
        at: ago(0),
        reason: "timeout".to_owned(),
    })
}

fn resolution(number: u128) -> Event {
    Event::IncidentResolved(IncidentResolved {
        incident: IncidentId(Uuid::from_u128(number)),
        monitor: contract::id::MonitorId(Uuid::from_u128(number)),
        monitor_name: format!("Shop {number}"),
        started_at: ago(10),
        resolved_at: ago(0),
        reason: "all regions succeed".to_owned(),
    })
}

/// Title and identifier of what a receiver took, in its order.
fn taken(requests: &[Request]) -> Vec<String> {
    let accepted = requests
        .iter()
        .filter(|request| matches!(request.answer, Answer::Status(200..=299) | Answer::Cut(200)));
    accepted
        .map(|request| {
            let title = request.json::<Value>()["data"]["title"].clone();
            title.as_str().unwrap_or_default().to_owned()
        })
        .collect()
}

fn story(log: &[Delivery]) -> Vec<(&str, u32, contract::channel::DeliveryOutcome)> {
    let told = log
        .iter()
        .map(|it| (it.title.as_str(), it.attempt, it.outcome));
    told.collect()
}

#[tokio::test]
async fn through_every_mishap_all_arrives_once_and_in_order_per_incident() {
    let stage = Stage::set().await;
    let args = stage.args(&[0.2; 12]);
    let processor = Process::start("processor", processor::serve, args).await;
    stage.receiver.answer_next([
        Answer::Status(500),
        Answer::Close,
        Answer::Cut(503),
        Answer::Throttle { retry_after_s: 1 },
        Answer::Hang,
        Answer::Status(502),
    ]);
    for event in [opening(1), resolution(1), opening(2), resolution(2)] {
        happen(&stage, event).await;
    }
    let log = eventually(DEADLINE, || async {
        let log = stage.deliveries();
        let arrived = log.iter().filter(|it| it.outcome == Delivered).count();
        if arrived == 4 {
            Ok(log)
        } else {
            Err(format!("{log:#?}"))
        }
    })
    .await;
    let taken = taken(&stage.receiver.requests());
    for shop in ["Shop 1", "Shop 2"] {
        let told: Vec<_> = taken.iter().filter(|it| it.starts_with(shop)).collect();
        let (first, second) = (
            format!("{shop} is down"),
            format!("{shop}: incident resolved"),
        );
        assert_eq!(told, [&first, &second], "once and in order: {taken:?}");
    }
    let failed: Vec<_> = log.iter().filter(|it| it.outcome == Failed).collect();
    assert_eq!(failed.len(), 6, "each mishap is told: {log:#?}");
    for detail in [
        "HTTP 500",
        "HTTP 503",
        "HTTP 429",
        "no answer within 5 s",
        "HTTP 502",
    ] {
        assert!(
            failed.iter().any(|it| it.detail.starts_with(detail)),
            "{detail}: {failed:#?}"
        );
    }
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn what_a_receiver_took_before_it_broke_off_is_not_sent_again() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    stage.receiver.answer_next([Answer::Cut(200)]);
    happen(&stage, opening(1)).await;
    let log = stage.until_deliveries(1).await;
    assert_eq!(story(&log), [("Shop 1 is down", 1, Delivered)]);
    eventually(DEADLINE, || async {
        stage.messages_in("NOTIFICATIONS").await == 0
    })
    .await;
    assert_eq!(stage.receiver.requests().len(), 1);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn an_end_does_not_overtake_its_beginning_but_other_incidents_do() {
    let stage = Stage::set().await;
    let args = stage.args(&[10.0]);
    let processor = Process::start("processor", processor::serve, args).await;
    stage.receiver.answer_next([Answer::Status(503)]);
    happen(&stage, opening(1)).await;
    stage.receiver.wait_for(1, DEADLINE).await;
    happen(&stage, resolution(1)).await;
    happen(&stage, opening(2)).await;
    let requests = stage.receiver.wait_for(4, DEADLINE).await;
    assert_eq!(
        taken(&requests),
        [
            "Shop 2 is down",
            "Shop 1 is down",
            "Shop 1: incident resolved"
        ]
    );
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn what_is_given_up_does_not_hold_up_what_comes_after_it() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    stage.receiver.answer_next([Answer::Status(410)]);
    happen(&stage, opening(1)).await;
    happen(&stage, resolution(1)).await;
    let log = stage.until_deliveries(2).await;
    assert_eq!(
        story(&log),
        [
            ("Shop 1 is down", 1, Dead),
            ("Shop 1: incident resolved", 1, Delivered)
        ]
    );
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_burst_is_gathered_into_one_message_for_people_and_told_one_by_one_to_programs() {
    let stage = Stage::without_store().await;
    let hook = json!({"kind": "webhook", "url": format!("{}/program", stage.receiver.url())});
    stage
        .channels
        .add(&hook, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    stage
        .channels
        .add(&json!({"kind": "slack"}), &stage.receiver.url());
    stage.answer();
    let args = processor::Args {
        burst: 2,
        gather_s: 10,
        ..stage.args(&[0.2])
    };
    let processor = Process::start("processor", processor::serve, args).await;
    for number in 1..=6 {
        happen(&stage, opening(number)).await;
    }
    // Six for the program; for people two, and one for the other four.
    let requests = stage.receiver.wait_for(9, DEADLINE).await;
    let (slack, hooks): (Vec<_>, Vec<_>) = requests.iter().partition(|it| it.path == "/hook");
    assert_eq!((slack.len(), hooks.len()), (3, 6));
    let texts: Vec<Value> = slack.iter().map(|it| it.json::<Value>()).collect();
    let last = texts[2]["text"].as_str().unwrap_or_default();
    let lines: Vec<_> = last.lines().collect();
    assert_eq!(lines[0], "*Shop 3 is down and 3 more*");
    assert_eq!(lines.len(), 5, "{last}");
    for (line, shop) in lines[1..]
        .iter()
        .zip(["Shop 3", "Shop 4", "Shop 5", "Shop 6"])
    {
        assert!(
            line.starts_with(&format!("{shop} is down. Down since")),
            "{line}"
        );
    }
    eventually(DEADLINE, || async {
        stage.messages_in("NOTIFICATIONS").await == 0
    })
    .await;
    assert_eq!(stage.receiver.requests().len(), 9);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_channel_that_is_muted_while_it_is_tried_falls_silent_except_for_tests() {
    let stage = Stage::without_store().await;
    stage.answer();
    let channel = stage
        .channels
        .add(&json!({"kind": "slack"}), &stage.receiver.url());
    let processor = stage.processor().await;
    stage.channels.mute(channel);
    queue(&stage, Kind::Slack, channel, opened()).await;
    eventually(DEADLINE, || async {
        stage.messages_in("NOTIFICATIONS").await == 0
    })
    .await;
    assert_eq!(stage.receiver.requests().len(), 0);
    let id = NotificationId(Uuid::from_u128(2));
    let content = Content {
        kind: Content::TEST.to_owned(),
        ..opened()
    };
    let test = Notification::new(id, stage.tenant, channel, content);
    publish(&stage, Kind::Slack, &test).await;
    stage.receiver.wait_for(1, DEADLINE).await;
    processor.stop().await;
    stage.strike().await;
}

async fn publish(stage: &Stage, kind: Kind, notification: &Notification) {
    stage
        .processor_bus()
        .await
        .publish(
            &subject::notification_queued(kind, stage.tenant),
            &notification.message_id(),
            notification,
        )
        .await
        .expect("a processor may queue notifications");
}

#[tokio::test]
async fn a_replayed_dead_letter_has_all_attempts_anew() {
    let stage = Stage::without_store().await;
    stage.answer();
    let channel = stage
        .channels
        .add(&json!({"kind": "slack"}), &stage.receiver.url());
    let args = stage.args(&[0.1]);
    let processor = Process::start("processor", processor::serve, args).await;
    stage.receiver.answer_next([
        Answer::Status(500),
        Answer::Status(500),
        Answer::Status(500),
    ]);
    queue(&stage, Kind::Slack, channel, opened()).await;
    let log = stage.until_deliveries(2).await;
    assert!(log[1].detail.ends_with("given up after 2 attempts"));
    let id = NotificationId(Uuid::from_u128(1));
    let replay = Notification {
        replays: 1,
        ..Notification::new(id, stage.tenant, channel, opened())
    };
    publish(&stage, Kind::Slack, &replay).await;
    let log = stage.until_deliveries(4).await;
    let outcomes: Vec<_> = log.iter().map(|it| (it.attempt, it.outcome)).collect();
    assert_eq!(
        outcomes,
        [(1, Failed), (2, Dead), (3, Failed), (4, Delivered)]
    );
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_mail_server_may_be_busy_refuse_or_vanish() {
    let stage = Stage::without_store().await;
    stage.answer();
    let server = smtp::Server::start().await;
    let settings = json!({
        "kind": "email", "host": "127.0.0.1", "port": server.address.port(), "security": "none",
        "from": "overseer@example.com", "to": ["ann@example.com"],
    });
    let channel = stage.channels.add(&settings, "");
    let processor = stage.processor().await;
    server.answer_next([
        smtp::Answer::Reply("451 4.3.0 try again later"),
        smtp::Answer::Close,
        smtp::Answer::Reply("550 5.7.1 we do not want this"),
    ]);
    queue(&stage, Kind::Email, channel, opened()).await;
    let log = stage.until_deliveries(3).await;
    let outcomes: Vec<_> = log.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [Failed, Failed, Dead], "{log:#?}");
    assert!(log[0].detail.starts_with("SMTP 451 after "), "{log:#?}");
    assert!(log[0].detail.ends_with("try again later"), "{log:#?}");
    assert!(log[2].detail.starts_with("SMTP 550 after "), "{log:#?}");
    assert_eq!(server.mails().len(), 3);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_mail_server_inside_is_not_dialled_and_one_without_tls_gets_no_password() {
    let stage = Stage::without_store().await;
    stage.answer();
    let server = smtp::Server::start().await;
    let settings = |host: &str| {
        json!({
            "kind": "email", "host": host, "port": server.address.port(), "username": "overseer",
            "from": "overseer@example.com", "to": ["ann@example.com"],
        })
    };
    let channel = stage.channels.add(&settings("localhost"), "a password");
    let mut args = stage.args(&[]);
    args.allow.clear();
    let processor = Process::start("processor", processor::serve, args).await;
    queue(&stage, Kind::Email, channel, opened()).await;
    let log = stage.until_deliveries(1).await;
    assert!(log[0].detail.contains("loopback"), "{log:#?}");
    processor.stop().await;

    let channel = stage.channels.add(&settings("127.0.0.1"), "a password");
    let args = stage.args(&[]);
    let processor = Process::start("processor", processor::serve, args).await;
    let id = NotificationId(Uuid::from_u128(2));
    let notification = Notification::new(id, stage.tenant, channel, opened());
    publish(&stage, Kind::Email, &notification).await;
    let log = stage.until_deliveries(2).await;
    assert!(
        log[1].detail.contains("STARTTLS is not supported"),
        "{log:#?}"
    );
    assert_eq!(server.mails(), []);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_secret_that_a_receiver_repeats_is_not_told() {
    let stage = Stage::without_store().await;
    stage.answer();
    let canary = "123456:canary-of-this-test";
    // The stub's answer to a cut is always the same text, which serves as a secret here.
    let settings = json!({"kind": "telegram", "chat_id": "1", "url": stage.receiver.url()});
    let channel = stage.channels.add(&settings, canary);
    let processor = stage.processor().await;
    stage.channels.set_secret(channel, "begin");
    stage.receiver.answer_next([Answer::Cut(400)]);
    queue(&stage, Kind::Telegram, channel, opened()).await;
    let log = stage.until_deliveries(1).await;
    assert_eq!(log[0].outcome, Dead);
    assert!(log[0].detail.ends_with(": the [secret]"), "{log:#?}");
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn waits_of_hours_are_a_matter_of_configuration() {
    let args: processor::Args = testkit::args(&["--nats-password", "x"]);
    let whole = args.backoff_s.iter().sum::<f64>();
    assert!(Duration::from_secs_f64(whole) > Duration::from_hours(7));
}
