//! Webhooks by the Standard Webhooks specification: signed, so that a receiver can tell who speaks and that nothing was changed.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use contract::channel::{Content, Notification, Target};
use contract::header;
use hmac::{Hmac, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use serde::Serialize;
use sha2::Sha256;

use super::{Attempt, Sender, dial};

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

pub(super) async fn send(sender: &Sender, target: &Target, notification: &Notification) -> Attempt {
    let Ok(url) = target.url.parse::<Url>() else {
        return Attempt::Refused("the channel's URL cannot be read".to_owned());
    };
    if let Err(reason) = dial::judge(&sender.filter, &url) {
        return Attempt::Refused(reason);
    }
    let Some(signed) = Signed::new(target, notification, service::now()) else {
        return Attempt::Refused("the channel's secret cannot be read".to_owned());
    };
    let begun = Instant::now();
    let request = sender
        .http
        .post(url.as_str())
        .header(CONTENT_TYPE, header::JSON)
        .header("webhook-id", notification.id.to_string())
        .header("webhook-timestamp", signed.timestamp.to_string())
        .header("webhook-signature", signed.signature)
        .body(signed.body)
        .build();
    let answer = match request {
        Ok(request) => sender.http.execute(request).await,
        Err(error) => Err(error),
    };
    let took_ms = begun.elapsed().as_millis();
    match answer {
        Ok(response) => judge(response.status(), response.headers(), took_ms),
        Err(error) => judge_error(&error, took_ms),
    }
}

struct Signed {
    timestamp: i64,
    signature: String,
    body: Vec<u8>,
}

impl Signed {
    fn new(target: &Target, notification: &Notification, now: DateTime<Utc>) -> Option<Self> {
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
            &target.secret,
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

fn judge(status: StatusCode, headers: &HeaderMap, took_ms: u128) -> Attempt {
    let detail = format!("HTTP {} after {took_ms} ms", status.as_u16());
    match status.as_u16() {
        200..=299 => Attempt::Delivered(detail),
        300..=399 => Attempt::Refused(format!("{detail}: redirects are not followed")),
        429 | 500.. => Attempt::Failed(detail, retry_after(headers)),
        _ => Attempt::Refused(detail),
    }
}

/// The form in seconds; the form with a date is rare and our own backoff does as well.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

fn judge_error(error: &reqwest::Error, took_ms: u128) -> Attempt {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if cause.is::<contract::address::Blocked>() {
        return Attempt::Refused(cause.to_string());
    }
    let what = if error.is_timeout() {
        format!("no answer within {} s", dial::TIMEOUT.as_secs())
    } else {
        // An operating system's error reads "Connection refused (os error 111)"; its kind alone is for people.
        let words = cause
            .downcast_ref::<std::io::Error>()
            .map_or_else(|| cause.to_string(), |error| error.kind().to_string());
        format!("{words} after {took_ms} ms")
    };
    Attempt::Failed(what, None)
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

    #[test]
    fn only_network_errors_5xx_and_429_are_tried_again() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "7".parse().expect("a header"));
        let judged = |code| {
            let status = StatusCode::from_u16(code).expect("a status");
            match judge(status, &headers, 12) {
                Attempt::Delivered(detail) => ("delivered", detail, None),
                Attempt::Failed(detail, asked) => ("failed", detail, asked),
                Attempt::Refused(detail) => ("refused", detail, None),
            }
        };
        for (code, outcome) in [
            (200, "delivered"),
            (204, "delivered"),
            (302, "refused"),
            (400, "refused"),
            (404, "refused"),
            (410, "refused"),
            (429, "failed"),
            (500, "failed"),
            (503, "failed"),
        ] {
            assert_eq!(judged(code).0, outcome, "{code}");
        }
        assert_eq!(judged(429).2, Some(Duration::from_secs(7)));
        assert_eq!(judged(503).1, "HTTP 503 after 12 ms");
    }
}
