//! Asking the store.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_nats::{HeaderMap, HeaderValue};
use contract::header;
use contract::rpc::{Caller, Error, Request};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{Bus, trace};

/// How long an asker waits.
const PATIENCE: Duration = Duration::from_secs(5);

impl Bus {
    /// Asks the store on behalf of `caller`. Nobody there, no answer within five seconds: [`Error::Unavailable`].
    pub async fn ask<R: Request>(&self, caller: &Caller, request: &R) -> Result<R::Reply, Error> {
        let subject = R::subject();
        let span = trace::ask_span(subject.as_str(), caller);
        let begun = Instant::now();
        let answer = self
            .exchange(subject.to_string(), caller, request)
            .instrument(span.clone())
            .await;
        let error = answer.as_ref().err().map(kind);
        if let Some(error) = error {
            trace::fail(&span, error);
        }
        self.metrics
            .operation("request", subject.template(), begun.elapsed(), error);
        answer
    }

    async fn exchange<R: Request>(
        &self,
        subject: String,
        caller: &Caller,
        request: &R,
    ) -> Result<R::Reply, Error> {
        let payload = serde_json::to_vec(request).map_err(|error| unavailable(&error))?;
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CALLER,
            serde_json::to_string(caller).map_err(|error| unavailable(&error))?,
        );
        headers.insert(header::DEADLINE_MS, deadline_ms().to_string());
        trace::inject(&mut headers);
        let message = async_nats::Request::new()
            .payload(payload.into())
            .headers(headers)
            .timeout(Some(PATIENCE));
        let reply = self
            .client
            .send_request(subject, message)
            .await
            .map_err(|error| unavailable(&error))?;
        match reply
            .headers
            .as_ref()
            .and_then(|headers| headers.get(header::ERROR))
        {
            Some(error) => Err(serde_json::from_str(error.as_str()).unwrap_or(Error::Unavailable)),
            None => decode(&reply).map_err(|error| unavailable(&error)),
        }
    }
}

fn decode<T: DeserializeOwned>(reply: &async_nats::Message) -> std::io::Result<T> {
    let headers = reply.headers.as_ref();
    let encoding = headers.and_then(|headers| headers.get(header::CONTENT_ENCODING));
    match encoding.map(HeaderValue::as_str) {
        None => Ok(serde_json::from_slice(&reply.payload)?),
        Some(header::ZSTD) => Ok(serde_json::from_slice(&zstd::decode_all(&*reply.payload)?)?),
        Some(other) => Err(std::io::Error::other(format!("a reply in {other}"))),
    }
}

fn deadline_ms() -> u128 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    (now + PATIENCE).as_millis()
}

fn unavailable(error: &dyn std::fmt::Display) -> Error {
    tracing::warn!(%error, "the store gave no answer");
    Error::Unavailable
}

pub(crate) fn kind(error: &Error) -> &'static str {
    match error {
        Error::NotFound { .. } => "not_found",
        Error::Conflict { .. } => "conflict",
        Error::Invalid { .. } => "invalid",
        Error::Unauthenticated => "unauthenticated",
        Error::Forbidden | Error::Restricted { .. } => "forbidden",
        Error::Throttled { .. } => "throttled",
        Error::Unavailable => "unavailable",
    }
}
