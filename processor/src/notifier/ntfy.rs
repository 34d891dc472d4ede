//! ntfy: publish as JSON, <https://docs.ntfy.sh/publish/#publish-as-json>.

use contract::channel::settings::Ntfy;
use contract::channel::{Content, Notification, Secret};
use serde_json::json;

use super::attempt::Attempt;
use super::post::Post;
use super::text::{line, shorten};

/// A longer message becomes an attachment: 4 096 bytes, and a character has up to four.
const MAX_CHARS: usize = 1_000;

pub(super) async fn send(
    post: &Post,
    to: &Ntfy,
    secret: &Secret,
    notification: &Notification,
) -> Attempt {
    let content = &notification.content;
    let (priority, tag) = urgency(content);
    let body = json!({
        "topic": to.topic,
        "title": shorten(&line(&content.title), 250),
        "message": shorten(&content.text, MAX_CHARS),
        "priority": priority,
        "tags": [tag],
    });
    let authorization = format!("Bearer {}", secret.expose());
    let headers = [("authorization", authorization.as_str())];
    let headers = if secret.expose().is_empty() {
        &[][..]
    } else {
        &headers
    };
    post.json(&to.url, headers, &body).await
}

/// From 1 (least) to 5, and the short code of an emoji.
fn urgency(content: &Content) -> (u8, &'static str) {
    if content.is_resolution() {
        (3, "white_check_mark")
    } else if content.is_test() {
        (3, "wave")
    } else {
        (5, "rotating_light")
    }
}
