//! Webhooks by the Standard Webhooks specification: signed, so that a receiver can tell who speaks and that nothing was changed.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use contract::channel::settings::Webhook;
use contract::channel::{Content, Notification, Secret};
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::Sha256;

use super::attempt::Attempt;
use super::post::Post;

/// What a receiver gets.
#[derive(Serialize)]
struct Envelope<'a> {
    version: u32,
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: DateTime<Utc>,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    content: &'a Content,
    tenant: contract::id::TenantId,
}

pub(super) async fn send(
    post: &Post,
    to: &Webhook,
    secret: &Secret,
    notification: &Notification,
) -> Attempt {
    let Some(signed) = Signed::new(secret, notification, service::now()) else {
        return Attempt::Refused("the channel's secret cannot be read".to_owned());
    };
    let headers = [
        ("webhook-id", notification.id.to_string()),
        ("webhook-timestamp", signed.timestamp.to_string()),
        ("webhook-signature", signed.signature),
    ];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    post.bytes(&to.url, &headers, signed.body).await
}

struct Signed {
    timestamp: i64,
    signature: String,
    body: Vec<u8>,
}

impl Signed {
    fn new(secret: &Secret, notification: &Notification, now: DateTime<Utc>) -> Option<Self> {
        let body = serde_json::to_vec(&Envelope {
            version: 1,
            kind: &notification.content.kind,
            timestamp: notification.content.at,
            data: Data {
                content: &notification.content,
                tenant: notification.tenant,
            },
        })
        .ok()?;
        let timestamp = now.timestamp();
        let signature = sign(
            secret.expose(),
            &notification.id.to_string(),
            timestamp,
            &body,
        )?;
        Some(Self {
            timestamp,
            signature,
            body,
        })
    }
}

/// HMAC-SHA256 over `id.timestamp.body`; the secret is `whsec_` and base64.
fn sign(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix("whsec_")?)
        .ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!(
        "v1,{}",
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }
}
