//! Each provider's request as it arrives over real HTTP or SMTP, beside what the provider documents.

use chrono::{DateTime, Utc};
use contract::channel::{Content, Kind, Notification};
use contract::id::{ChannelId, IncidentId, MonitorId, NotificationId};
use contract::subject;
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};
use testkit::{smtp, webhook};
use uuid::Uuid;

use crate::stage::{DEADLINE, Stage};

/// An incident whose name tries what markup there is.
pub(crate) fn opened() -> Content {
    Content {
        kind: "incident.opened".to_owned(),
        title: "Shop *EU* <!here> is down".to_owned(),
        text: "Down since 14:10:05 UTC (2 of 3 regions failed twice: connection refused)."
            .to_owned(),
        thread: Some(Uuid::from_u128(7)),
        incident: Some(IncidentId(Uuid::from_u128(7))),
        monitor: Some(MonitorId(Uuid::from_u128(8))),
        at: at("2026-11-20T14:10:15Z"),
    }
}

fn resolved() -> Content {
    Content {
        kind: "incident.resolved".to_owned(),
        title: "Shop *EU* <!here>: incident resolved".to_owned(),
        text: "Resolved after 2 h 5 min (all regions succeed).".to_owned(),
        at: at("2026-11-20T16:15:09Z"),
        ..opened()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// What was posted for this content, by a processor that sends for real.
async fn posted(settings: impl Fn(&str) -> Value, secret: &str, content: Content) -> Value {
    let stage = Stage::without_store().await;
    stage.answer();
    let server = stage.receiver.url();
    let server = server.trim_end_matches("/hook");
    let settings = settings(server);
    let channel = stage
        .channels
        .add(&settings, &secret.replace("{server}", server));
    let processor = stage.processor().await;
    let kind: Kind = serde_json::from_value(settings["kind"].clone()).expect("a kind");
    queue(&stage, kind, channel, content).await;
    let requests = stage.receiver.wait_for(1, DEADLINE).await;
    processor.stop().await;
    stage.strike().await;
    shape(&requests[0])
}

pub(crate) async fn queue(stage: &Stage, kind: Kind, channel: ChannelId, content: Content) {
    let id = NotificationId(Uuid::from_u128(1));
    let notification = Notification::new(id, stage.tenant, channel, content);
    stage
        .processor_bus()
        .await
        .publish(
            &subject::notification_queued(kind, stage.tenant),
            &notification.message_id(),
            &notification,
        )
        .await
        .expect("a processor may queue notifications");
}

fn shape(request: &webhook::Request) -> Value {
    let mut shape = json!({
        "request": format!("{} {}", request.method, request.path),
        "content-type": request.header("content-type"),
        "body": request.json::<Value>(),
    });
    if let Some(authorization) = request.headers.get("authorization") {
        shape["authorization"] = json!(authorization.to_str().expect("text"));
    }
    shape
}

/// <https://core.telegram.org/bots/api#sendmessage>
#[tokio::test]
async fn telegram() {
    let settings =
        |server: &str| json!({"kind": "telegram", "chat_id": "@overseer_alerts", "url": server});
    let request = posted(settings, "123456:ABC-DEF", opened()).await;
    assert_json_snapshot!(request, @r#"
    {
      "body": {
        "chat_id": "@overseer_alerts",
        "entities": [
          {
            "length": 25,
            "offset": 0,
            "type": "bold"
          }
        ],
        "link_preview_options": {
          "is_disabled": true
        },
        "text": "Shop *EU* <!here> is down\nDown since 14:10:05 UTC (2 of 3 regions failed twice: connection refused)."
      },
      "content-type": "application/json",
      "request": "POST /bot123456:ABC-DEF/sendMessage"
    }
    "#);
}

/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>; escaping:
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
#[tokio::test]
async fn slack() {
    let settings = |_: &str| json!({"kind": "slack"});
    let request = posted(settings, "{server}/services/T000/B000/XXX", opened()).await;
    assert_json_snapshot!(request, @r#"
    {
      "body": {
        "text": "*Shop ∗EU∗ &lt;!here&gt; is down*\nDown since 14:10:05 UTC (2 of 3 regions failed twice: connection refused)."
      },
      "content-type": "application/json",
      "request": "POST /services/T000/B000/XXX"
    }
    "#);
}

/// <https://docs.discord.com/developers/resources/webhook#execute-webhook>
#[tokio::test]
async fn discord() {
    let settings = |_: &str| json!({"kind": "discord"});
    let request = posted(settings, "{server}/api/webhooks/1/token", resolved()).await;
    assert_json_snapshot!(request, @r#"
    {
      "body": {
        "allowed_mentions": {
          "parse": []
        },
        "embeds": [
          {
            "color": 1538122,
            "description": "Resolved after 2 h 5 min (all regions succeed).",
            "timestamp": "2026-11-20T16:15:09Z",
            "title": "Shop \\*EU\\* \\<!here>: incident resolved"
          }
        ]
      },
      "content-type": "application/json",
      "request": "POST /api/webhooks/1/token"
    }
    "#);
}

/// <https://developer.pagerduty.com/docs/send-alert-event>: the same `dedup_key` opens and resolves one alert.
#[tokio::test]
async fn pagerduty() {
    let settings =
        |server: &str| json!({"kind": "pagerduty", "url": format!("{server}/v2/enqueue")});
    let key = "0123456789abcdef0123456789abcdef";
    let trigger = posted(settings, key, opened()).await;
    assert_json_snapshot!(trigger, @r#"
    {
      "body": {
        "client": "Overseer",
        "dedup_key": "00000000-0000-0000-0000-000000000007",
        "event_action": "trigger",
        "payload": {
          "severity": "critical",
          "source": "00000000-0000-0000-0000-000000000008",
          "summary": "Shop *EU* <!here> is down. Down since 14:10:05 UTC (2 of 3 regions failed twice: connection refused).",
          "timestamp": "2026-11-20T14:10:15Z"
        },
        "routing_key": "0123456789abcdef0123456789abcdef"
      },
      "content-type": "application/json",
      "request": "POST /v2/enqueue"
    }
    "#);
    let resolve = posted(settings, key, resolved()).await;
    assert_json_snapshot!(resolve["body"], @r#"
    {
      "dedup_key": "00000000-0000-0000-0000-000000000007",
      "event_action": "resolve",
      "routing_key": "0123456789abcdef0123456789abcdef"
    }
    "#);
}

/// <https://docs.ntfy.sh/publish/#publish-as-json>, <https://docs.ntfy.sh/publish/#access-tokens>
#[tokio::test]
async fn ntfy() {
    let settings = |server: &str| json!({"kind": "ntfy", "topic": "alerts", "url": server});
    let request = posted(settings, "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2", opened()).await;
    assert_json_snapshot!(request, @r#"
    {
      "authorization": "Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
      "body": {
        "message": "Down since 14:10:05 UTC (2 of 3 regions failed twice: connection refused).",
        "priority": 5,
        "tags": [
          "rotating_light"
        ],
        "title": "Shop *EU* <!here> is down",
        "topic": "alerts"
      },
      "content-type": "application/json",
      "request": "POST /"
    }
    "#);
}

/// RFC 5321 and RFC 5322
#[tokio::test]
async fn email() {
    let stage = Stage::without_store().await;
    stage.answer();
    let server = smtp::Server::start().await;
    let settings = json!({
        "kind": "email", "host": "127.0.0.1", "port": server.address.port(), "security": "none", "username": "overseer",
        "from": "overseer@example.com", "to": ["ann@example.com", "bob@example.com"],
    });
    let channel = stage.channels.add(&settings, "a password");
    let processor = stage.processor().await;
    queue(&stage, Kind::Email, channel, opened()).await;
    let mails = server.wait_for(1, DEADLINE).await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    let login = ("overseer".to_owned(), "a password".to_owned());
    assert_eq!(mail.credentials, Some(login));
    assert_eq!(mail.from, "overseer@example.com");
    assert_eq!(mail.to, ["ann@example.com", "bob@example.com"]);
    assert_snapshot!(mail.data, @r"
    From: overseer@example.com
    Subject: Shop *EU* <!here> is down
    Date: Fri, 20 Nov 2026 14:10:15 +0000
    Message-ID: <00000000-0000-0000-0000-000000000001@overseer>
    To: ann@example.com, bob@example.com
    References: <00000000-0000-0000-0000-000000000007@overseer>
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit

    Down since 14:10:05 UTC (2 of 3 regions failed twice: connection refused).
    ");
    let log = stage.until_deliveries(1).await;
    assert!(log[0].detail.starts_with("SMTP 250 after "), "{log:?}");
    processor.stop().await;
    stage.strike().await;
}
