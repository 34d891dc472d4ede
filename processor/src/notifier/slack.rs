//! Slack: incoming webhooks, <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>. Mattermost and
//! Rocket.Chat understand the same.

use contract::channel::{Notification, Secret};
use serde_json::json;

use super::attempt::Attempt;
use super::post::Post;
use super::text::{line, shorten};

/// Slack truncates beyond 40 000; people stop reading long before.
const MAX_CHARS: usize = 8_000;

pub(super) async fn send(post: &Post, secret: &Secret, notification: &Notification) -> Attempt {
    let content = &notification.content;
    let title = escape(&line(&content.title)).replace('*', "∗");
    let text = escape(&shorten(&content.text, MAX_CHARS));
    let body = json!({"text": format!("*{title}*\n{text}")});
    post.json(secret.expose(), &[], &body).await
}

/// The three characters that control Slack's markup, so that nobody is mentioned by the name of a monitor.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
