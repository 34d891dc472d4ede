//! A stand-in for ingress and dashboard that remembers what it was sent.

use std::collections::VecDeque;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use contract::metric::PushedSample;
use serde_json::json;
use testkit::eventually;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const SOON: Duration = Duration::from_secs(30);

/// A push as it came.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    pub(crate) at: Instant,
    pub(crate) key: String,
    pub(crate) token: String,
    pub(crate) samples: Vec<PushedSample>,
    pub(crate) answer: Answer,
}

/// How a push is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Accept,
    /// Take it, and let the answer be lost.
    Lose,
    Refuse {
        status: u16,
        retry_after_s: Option<u32>,
    },
}

#[derive(Debug, Default)]
struct Seen {
    pushes: Vec<Push>,
    /// How the next pushes are answered; accepted when there is nothing here.
    script: VecDeque<Answer>,
    forms: Vec<serde_json::Value>,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Seen>>);

pub(crate) struct Ingress {
    address: SocketAddr,
    seen: Shared,
    serving: JoinSet<()>,
}

impl Ingress {
    pub(crate) async fn start() -> Self {
        let mut ingress = Self {
            address: ([127, 0, 0, 1], 0).into(),
            seen: Shared::default(),
            serving: JoinSet::new(),
        };
        ingress.come_back().await;
        ingress
    }

    /// Refuses connections from now on.
    pub(crate) async fn go_away(&mut self) {
        self.serving.shutdown().await;
    }

    pub(crate) async fn come_back(&mut self) {
        let listener = eventually(SOON, || TcpListener::bind(self.address)).await;
        self.address = listener.local_addr().expect("an address");
        let router = Router::new()
            .route("/api/v1/metrics", post(push))
            .route("/api/v1/agents/register", post(register))
            .with_state(self.seen.clone());
        self.serving.spawn(async move {
            axum::serve(listener, router).await.expect("served");
        });
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        self.seen.lock().script.extend(answers);
    }

    pub(crate) fn pushes(&self) -> Vec<Push> {
        self.seen.lock().pushes.clone()
    }

    /// The forms that were sent to register.
    pub(crate) fn forms(&self) -> Vec<serde_json::Value> {
        self.seen.lock().forms.clone()
    }

    /// Waits until this many pushes were taken.
    pub(crate) async fn takes(&self, count: usize) {
        eventually(SOON, || async {
            let taken = self.taken().len();
            if taken >= count {
                Ok(())
            } else {
                Err(format!("{taken} of {count} pushes"))
            }
        })
        .await;
    }

    /// What a true ingress would have stored, push by push.
    pub(crate) fn taken(&self) -> Vec<Push> {
        let mut pushes = self.pushes();
        pushes.retain(|push| !matches!(push.answer, Answer::Refuse { .. }));
        pushes.dedup_by(|later, earlier| later.key == earlier.key);
        pushes
    }

    /// The instants of a metric, in the order in which they came.
    pub(crate) fn instants(&self, metric: &str) -> Vec<i64> {
        let taken = self.taken().into_iter();
        let samples = taken.flat_map(|push| push.samples);
        let own = samples.filter(|sample| sample.name == metric);
        own.map(|sample| sample.timestamp_ms.expect("every sample has its instant"))
            .collect()
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().expect("no test panics while it looks")
    }
}

async fn push(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-encoding"), "gzip");
    let mut json = String::new();
    let mut gzip = flate2::read::GzDecoder::new(body.as_ref());
    gzip.read_to_string(&mut json).expect("whole");
    let mut parsed: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let samples: Vec<PushedSample> =
        serde_json::from_value(parsed["samples"].take()).expect("samples");
    let count = samples.len();
    let mut seen = shared.lock();
    let answer = seen.script.pop_front().unwrap_or(Answer::Accept);
    seen.pushes.push(Push {
        at: Instant::now(),
        key: header("idempotency-key"),
        token: header("authorization"),
        samples,
        answer: answer.clone(),
    });
    drop(seen);
    match answer {
        Answer::Accept => {
            let accepted = json!({"accepted": count, "rejected": []});
            (StatusCode::ACCEPTED, axum::Json(accepted)).into_response()
        }
        // The connection ends in the middle of the answer.
        Answer::Lose => {
            let broken =
                futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("cut"))]);
            Response::new(axum::body::Body::from_stream(broken))
        }
        Answer::Refuse {
            status,
            retry_after_s,
        } => refuse(status, retry_after_s),
    }
}

async fn register(
    State(shared): State<Shared>,
    axum::Json(form): axum::Json<serde_json::Value>,
) -> Response {
    let good = form["code"] == "ovc_good";
    shared.lock().forms.push(form);
    if !good {
        return refuse(422, None);
    }
    let welcome = json!({
        "id": "01900000-0000-7000-8000-000000000000", "name": "web-1", "tenant": "acme",
        "token": "ovs_secret", "ingress_url": "http://127.0.0.1:9",
    });
    (StatusCode::CREATED, axum::Json(welcome)).into_response()
}

fn refuse(status: u16, retry_after_s: Option<u32>) -> Response {
    let problem = json!({"type": "test", "title": "not now", "status": status, "detail": "the words of ingress"});
    let status = StatusCode::from_u16(status).expect("a status");
    let mut answer = (status, axum::Json(problem)).into_response();
    if let Some(seconds) = retry_after_s {
        answer.headers_mut().insert("retry-after", seconds.into());
    }
    answer
}
