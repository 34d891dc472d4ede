//! Answering requests through the NATS service API.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_nats::HeaderMap;
use async_nats::service::{self, ServiceExt};
use bytes::Bytes;
use contract::header;
use contract::rpc::{Caller, Error, Request};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Bus, ask, trace};

/// Requests answered at the same time by one instance.
const CONCURRENCY: usize = 256;
/// Replies of so many bytes are compressed.
const COMPRESSED_FROM: usize = 512 * 1_024;
/// What a message holds beside its payload, in bytes: more than headers ever take.
const HEADROOM: usize = 4_096;
/// When a request does not say how long its asker waits.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(5);

type Handler =
    Arc<dyn Fn(Caller, Bytes) -> BoxFuture<'static, Result<Vec<u8>, Error>> + Send + Sync>;

/// A set of requests and their handlers. Instances of one name share the work.
pub struct Server {
    bus: Bus,
    name: &'static str,
    handlers: BTreeMap<String, Handler>,
}

impl Server {
    pub fn new(bus: &Bus, name: &'static str) -> Self {
        Self {
            bus: bus.clone(),
            name,
            handlers: BTreeMap::new(),
        }
    }

    /// Answers `R` with `handler`.
    #[must_use]
    pub fn on<R, H, F>(mut self, handler: H) -> Self
    where
        R: Request,
        H: Fn(Caller, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Error>> + Send + 'static,
    {
        let erased: Handler = Arc::new(move |caller, payload| {
            let handler = handler.clone();
            Box::pin(async move {
                let request = serde_json::from_slice(&payload)
                    .map_err(|error| Error::invalid("request", error.to_string()))?;
                let reply = handler(caller, request).await?;
                serde_json::to_vec(&reply).map_err(|error| {
                    tracing::error!(%error, "a reply cannot be encoded");
                    Error::Unavailable
                })
            })
        });
        self.handlers.insert(R::subject().to_string(), erased);
        self
    }

    /// Answers until told to stop; returns after the last answer was sent.
    pub async fn serve(self, stop: &CancellationToken) -> Result<(), async_nats::Error> {
        let service = self
            .bus
            .client
            .service_builder()
            .queue_group(self.name)
            .start(self.name, env!("CARGO_PKG_VERSION"))
            .await?;
        let tasks = TaskTracker::new();
        let slots = Arc::new(Semaphore::new(CONCURRENCY));
        for (subject, handler) in self.handlers {
            let name = subject.rsplit('.').take(2).collect::<Vec<_>>().join("-");
            let endpoint = service.endpoint_builder().name(name).add(&subject).await?;
            let (bus, slots, tracker, stop) = (
                self.bus.clone(),
                Arc::clone(&slots),
                tasks.clone(),
                stop.clone(),
            );
            tasks.spawn(async move {
                listen(bus, endpoint, subject, handler, slots, tracker, stop).await;
            });
        }
        tasks.close();
        tasks.wait().await;
        self.bus.flush().await;
        service.stop().await
    }
}

async fn listen(
    bus: Bus,
    mut endpoint: service::endpoint::Endpoint,
    subject: String,
    handler: Handler,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    loop {
        let request = tokio::select! {
            request = endpoint.next() => request,
            () = stop.cancelled() => break,
        };
        let (Some(request), Ok(slot)) = (request, Arc::clone(&slots).acquire_owned().await) else {
            break;
        };
        let (bus, subject, handler) = (bus.clone(), subject.clone(), Arc::clone(&handler));
        tasks.spawn(async move {
            answer(&bus, &subject, &handler, &request).await;
            drop(slot);
        });
    }
    if let Err(error) = endpoint.stop().await {
        tracing::debug!(%error, subject, "endpoint was already closed");
    }
}

async fn answer(bus: &Bus, subject: &str, handler: &Handler, request: &service::Request) {
    let headers = request.message.headers.clone().unwrap_or_default();
    let caller = caller(&headers);
    let span = trace::answer_span(subject, &headers, caller.as_ref());
    let begun = Instant::now();
    bus.metrics.answering(1);
    let work = run(handler, &headers, caller, request.message.payload.clone());
    let outcome = trace::observe(&span, trace::is_unobserved(&headers), work).await;
    let outcome = outcome.and_then(|payload| Answer::of(payload, bus.client.max_payload()));
    let error = outcome.as_ref().err().map(ask::kind);
    if let Some(error) = error {
        trace::fail(&span, error);
    }
    bus.metrics
        .process(contract::subject::STORE, begun.elapsed(), error);
    let sent = match outcome {
        Ok(answer) => {
            let payload = Ok(answer.payload.into());
            request.respond_with_headers(payload, answer.headers).await
        }
        Err(error) => respond_error(request, &error).await,
    };
    bus.metrics.answering(-1);
    if let Err(error) = sent {
        tracing::warn!(%error, subject, "could not send an answer");
    }
}

/// What is sent.
struct Answer {
    headers: HeaderMap,
    payload: Vec<u8>,
}

impl Answer {
    /// Long ones are compressed, since no message may be longer than `most`.
    fn of(payload: Vec<u8>, most: usize) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        if payload.len() + HEADROOM < most.min(COMPRESSED_FROM) {
            return Ok(Self { headers, payload });
        }
        let packed = zstd::bulk::compress(&payload, zstd::DEFAULT_COMPRESSION_LEVEL);
        let packed = packed.map_err(|error| {
            tracing::error!(%error, "a reply cannot be compressed");
            Error::Unavailable
        })?;
        if packed.len() + HEADROOM > most {
            tracing::warn!(bytes = payload.len(), "a reply is too long to be sent");
            let words = "the answer is longer than a message may be: ask for less";
            return Err(Error::invalid("request", words));
        }
        headers.insert(header::CONTENT_ENCODING, header::ZSTD);
        Ok(Self {
            headers,
            payload: packed,
        })
    }
}

/// On whose behalf it is asked.
fn caller(headers: &HeaderMap) -> Option<Caller> {
    serde_json::from_str(headers.get(header::CALLER)?.as_str()).ok()
}

async fn run(
    handler: &Handler,
    headers: &HeaderMap,
    caller: Option<Caller>,
    payload: Bytes,
) -> Result<Vec<u8>, Error> {
    let caller = caller.ok_or(Error::Unauthenticated)?;
    let patience = patience(headers);
    if patience.is_zero() {
        return Err(Error::Unavailable);
    }
    tokio::time::timeout(patience, handler(caller, payload))
        .await
        .unwrap_or_else(|_| {
            tracing::warn!("the asker stopped waiting before there was an answer");
            Err(Error::Unavailable)
        })
}

/// How much longer the asker waits.
fn patience(headers: &HeaderMap) -> Duration {
    let deadline_ms = headers
        .get(header::DEADLINE_MS)
        .and_then(|value| value.as_str().parse().ok());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    deadline_ms
        .map_or(DEFAULT_PATIENCE, |ms| {
            Duration::from_millis(ms).saturating_sub(now)
        })
        .min(DEFAULT_PATIENCE)
}

async fn respond_error(
    request: &service::Request,
    error: &Error,
) -> Result<(), async_nats::PublishError> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ERROR,
        serde_json::to_string(error).unwrap_or_default(),
    );
    let code = match error {
        Error::Invalid { .. } => 422,
        Error::Unauthenticated => 401,
        Error::Forbidden | Error::Restricted { .. } => 403,
        Error::NotFound { .. } => 404,
        Error::Conflict { .. } => 409,
        Error::Throttled { .. } => 429,
        Error::Unavailable => 503,
    };
    let status = service::error::Error {
        status: ask::kind(error).to_owned(),
        code,
    };
    request.respond_with_headers(Err(status), headers).await
}
