//! `PagerDuty`: Events API v2, <https://developer.pagerduty.com/docs/send-alert-event>. A thread is one alert there: its
//! `dedup_key` makes repeated triggers one, and its resolution resolves it.

use contract::channel::settings::Pagerduty;
use contract::channel::{Content, Notification, Secret};
use serde_json::{Value, json};

use super::attempt::Attempt;
use super::post::Post;
use super::text::{line, shorten};

const MAX_SUMMARY_CHARS: usize = 1_024;

pub(super) async fn send(
    post: &Post,
    to: &Pagerduty,
    secret: &Secret,
    notification: &Notification,
) -> Attempt {
    let content = &notification.content;
    let mut body = json!({
        "routing_key": secret.expose(),
        "event_action": if content.is_resolution() { "resolve" } else { "trigger" },
        "dedup_key": content.thread.unwrap_or(notification.id.0),
    });
    if !content.is_resolution() {
        body["client"] = json!("Overseer");
        body["payload"] = payload(content);
    }
    post.json(&to.url, &[], &body).await
}

fn payload(content: &Content) -> Value {
    json!({
        "summary": shorten(&line(&format!("{}. {}", content.title, content.text)), MAX_SUMMARY_CHARS),
        "source": content.monitor.map_or_else(|| "overseer".to_owned(), |monitor| monitor.to_string()),
        "severity": if content.is_test() { "info" } else { "critical" },
        "timestamp": content.at,
    })
}
