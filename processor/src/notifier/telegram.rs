//! Telegram: `sendMessage` of the Bot API, <https://core.telegram.org/bots/api#sendmessage>.

use contract::channel::settings::Telegram;
use contract::channel::{Notification, Secret};
use serde_json::json;

use super::attempt::Attempt;
use super::post::Post;
use super::text::shorten;

/// 4 096 characters after entities were parsed; Telegram counts UTF-16, so there is some room left.
const MAX_CHARS: usize = 3_500;

pub(super) async fn send(
    post: &Post,
    to: &Telegram,
    secret: &Secret,
    notification: &Notification,
) -> Attempt {
    let content = &notification.content;
    let title = shorten(&content.title, 250);
    // An entity instead of markup: nothing in the text needs to be escaped. Its length is counted in UTF-16.
    let bold = json!({"type": "bold", "offset": 0, "length": title.encode_utf16().count()});
    let body = json!({
        "chat_id": to.chat_id,
        "text": shorten(&format!("{title}\n{}", content.text), MAX_CHARS),
        "entities": [bold],
        "link_preview_options": {"is_disabled": true},
    });
    let server = to.url.trim_end_matches('/');
    let url = format!("{server}/bot{}/sendMessage", secret.expose());
    post.json(&url, &[], &body).await
}
