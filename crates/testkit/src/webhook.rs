//! A receiver of webhooks that remembers what it got and misbehaves when told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{StreamExt as _, stream};
use hmac::{Hmac, Mac};
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::eventually::eventually;
use crate::stub::Stub;

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Status(u16),
    /// 429 with `Retry-After`.
    Throttle {
        retry_after_s: u32,
    },
    /// Never: the sender runs into its own time limit.
    Hang,
    /// The connection is closed instead.
    Close,
    /// A status and the beginning of a body; then the connection is closed.
    Cut(u16),
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub answer: Answer,
    /// When all of it had arrived.
    pub at: Instant,
}

#[derive(Debug)]
struct Inbox {
    standing: Answer,
    planned: VecDeque<Answer>,
    requests: Vec<Request>,
}

/// An HTTP server that records every request; it answers 204 unless told otherwise.
#[derive(Debug)]
pub struct Receiver {
    stub: Stub,
    inbox: Arc<Mutex<Inbox>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let inbox = Arc::new(Mutex::new(Inbox {
            standing: Answer::Status(204),
            planned: VecDeque::new(),
            requests: Vec::new(),
        }));
        let router = Router::new().fallback(receive).with_state(inbox.clone());
        Self {
            stub: Stub::serve(router).await,
            inbox,
        }
    }

    /// Where to send to.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.stub.address)
    }

    /// How requests are answered from now on.
    pub fn answer(&self, answer: Answer) {
        open(&self.inbox).standing = answer;
    }

    /// How the next requests are answered, one each, before [`Self::answer`] holds again.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        open(&self.inbox).planned.extend(answers);
    }

    /// All that arrived, in order, also what was answered with an error.
    pub fn requests(&self) -> Vec<Request> {
        open(&self.inbox).requests.clone()
    }

    /// Waits for at least `count` requests.
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Vec<Request> {
        eventually(deadline, || async {
            let requests = self.requests();
            if requests.len() >= count {
                Ok(requests)
            } else {
                Err(format!(
                    "{} of {count} webhooks arrived: {requests:#?}",
                    requests.len()
                ))
            }
        })
        .await
    }
}

impl Request {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).expect("the webhook carries the JSON it should")
    }

    /// A header's value; empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The sender's name for this message, the same for every attempt.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// Whether the signature is that of Standard Webhooks made with `secret` (`whsec_` and base64).
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let Some(key) = secret
            .strip_prefix("whsec_")
            .and_then(|key| BASE64_STANDARD.decode(key).ok())
        else {
            return false;
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
        for part in [self.id(), ".", self.header("webhook-timestamp"), "."] {
            mac.update(part.as_bytes());
        }
        mac.update(&self.body);
        let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature")
            .split(' ')
            .any(|signature| signature == expected)
    }
}

async fn receive(State(inbox): State<Arc<Mutex<Inbox>>>, request: HttpRequest) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let answer = {
        let mut inbox = open(&inbox);
        let answer = inbox.planned.pop_front().unwrap_or(inbox.standing);
        inbox.requests.push(Request {
            method: head.method,
            path: head.uri.path().to_owned(),
            headers: head.headers,
            body,
            answer,
            at: Instant::now(),
        });
        answer
    };
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status)
            .expect("a status code")
            .into_response(),
        Answer::Throttle { retry_after_s } => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, retry_after_s.to_string())],
        )
            .into_response(),
        Answer::Hang => std::future::pending().await,
        // Unwinding ends the connection's task, and with it the connection; unlike a panic it says nothing.
        Answer::Close => std::panic::resume_unwind(Box::new("closed")),
        Answer::Cut(status) => cut(status),
    }
}

fn cut(status: u16) -> Response {
    let begin = stream::once(std::future::ready(Ok("the begin")));
    let end = stream::once(async {
        // Whoever has to wait for more first sends what there is.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Response::builder()
        .status(status)
        .header(header::CONTENT_LENGTH, 1_000)
        .body(Body::from_stream(begin.chain(end)))
        .expect("a status code")
}

fn open(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().expect("no holder of the inbox panics")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    #[tokio::test]
    async fn planned_answers_come_first_and_everything_is_recorded() {
        let receiver = Receiver::start().await;
        receiver.answer_next([Answer::Status(503), Answer::Throttle { retry_after_s: 7 }]);
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let answer = http::client()
                .post(receiver.url())
                .body("{}")
                .send()
                .await
                .expect("an answer");
            statuses.push(answer.status().as_u16());
        }
        assert_eq!(statuses, [503, 429, 204]);
        let requests = receiver.wait_for(3, Duration::from_secs(5)).await;
        assert_eq!(requests[1].answer, Answer::Throttle { retry_after_s: 7 });
        assert_eq!(requests[2].body.as_ref(), b"{}");
    }

    #[test]
    fn a_signature_of_the_specification_is_recognised() {
        // The example of https://github.com/standard-webhooks/standard-webhooks
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            (
                "webhook-signature",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ];
        let request = Request {
            method: Method::POST,
            path: "/hook".to_owned(),
            headers: headers
                .into_iter()
                .map(|(name, value)| {
                    (
                        name.parse().expect("a header name"),
                        value.parse().expect("a header value"),
                    )
                })
                .collect(),
            body: Bytes::from_static(br#"{"test": 2432232314}"#),
            answer: Answer::Status(204),
            at: Instant::now(),
        };
        assert!(request.is_signed_by("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assert!(!request.is_signed_by("whsec_AAAA"));
    }
}
