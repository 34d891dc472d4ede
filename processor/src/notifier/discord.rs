//! Discord: execute webhook, <https://docs.discord.com/developers/resources/webhook#execute-webhook>.

use contract::channel::{Content, Notification, Secret};
use serde_json::json;

use super::attempt::Attempt;
use super::post::Post;
use super::text::{line, shorten};

/// Limits of an embed's title and description.
const MAX_TITLE_CHARS: usize = 256;
const MAX_TEXT_CHARS: usize = 4_096;

pub(super) async fn send(post: &Post, secret: &Secret, notification: &Notification) -> Attempt {
    let content = &notification.content;
    let embed = json!({
        "title": shorten(&escape(&line(&content.title)), MAX_TITLE_CHARS),
        "description": shorten(&escape(&content.text), MAX_TEXT_CHARS),
        "color": colour(content),
        "timestamp": content.at,
    });
    // Nobody is mentioned by the name of a monitor.
    let body = json!({"embeds": [embed], "allowed_mentions": {"parse": []}});
    post.json(secret.expose(), &[], &body).await
}

/// The design's colours for up, unknown and down.
fn colour(content: &Content) -> u32 {
    if content.is_resolution() {
        0x0017_784a
    } else if content.is_test() {
        0x0066_6b70
    } else {
        0x00bf_2430
    }
}

/// Markdown's own characters stand for themselves.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '[' | '<') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
