//! Traces and logs by OTLP over HTTP: known, bounded, read, judged, published, answered, like metrics. Nothing of it is traced
//! itself: telemetry about telemetry would never end.

mod gather;
mod logs;
mod messages;
mod spans;
mod values;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use bus::Outgoing;
use contract::telemetry::Signal;
use contract::token::Scope;
use prost::Message;
use serde::de::DeserializeOwned;
use service::problem::ProblemResponse;

use crate::auth::Pusher;
use crate::inflate::Encoding;
use crate::judge::{Verdict, Window};
use crate::protocol::otlp::{Format, answer, size};
use crate::protocol::rejected_in_words;
use crate::{State, body, intake, publish};

pub(crate) use gather::Gather;
pub(crate) use logs::Logs;
pub(crate) use messages::messages;
pub(crate) use spans::Spans;

/// One of the two signals: how it is read, and how it is called.
pub(crate) trait Records: 'static {
    const SIGNAL: Signal;
    const SHAPE: &'static size::Request;
    /// What JSON calls the number of the rejected.
    const REJECTED: &'static str;
    type Request: Message + Default + DeserializeOwned;

    fn gather(request: Self::Request, gather: &mut Gather);
}

/// OTLP/HTTP traces
///
/// Spans that cannot be taken are counted in `partialSuccess`. Texts that are too long are cut off, attributes, events and links
/// beyond the limits are left out.
#[utoipa::path(
    post,
    path = "/v1/traces",
    tag = "telemetry",
    request_body(content(
        (Object = "application/json", example = json!({"resourceSpans": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
            "scopeSpans": [{"spans": [{
                "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7", "name": "GET /cart", "kind": 2,
                "startTimeUnixNano": "1763650000000000000", "endTimeUnixNano": "1763650000012000000",
            }]}],
        }]})),
        (Vec<u8> = "application/x-protobuf"),
    )),
    responses((status = 200, description = "Every accepted span is in the log.", content(
        (Object = "application/json", example = json!({"partialSuccess": {"rejectedSpans": "1", "errorMessage": "1 of 9 spans were rejected; the first is span 3: trace_id must not be all zero"}})),
        (Vec<u8> = "application/x-protobuf"),
    ))),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn push_traces(Shared(state): Shared<State>, request: Request) -> Response {
    push::<Spans>(state, request).await
}

/// OTLP/HTTP logs
///
/// Records that cannot be taken are counted in `partialSuccess`.
#[utoipa::path(
    post,
    path = "/v1/logs",
    tag = "telemetry",
    request_body(content(
        (Object = "application/json", example = json!({"resourceLogs": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
            "scopeLogs": [{"logRecords": [{"severityNumber": 13, "body": {"stringValue": "the cart is nearly full"}}]}],
        }]})),
        (Vec<u8> = "application/x-protobuf"),
    )),
    responses((status = 200, description = "Every accepted record is in the log.", content(
        (Object = "application/json", example = json!({"partialSuccess": {"rejectedLogRecords": "1", "errorMessage": "1 of 9 records were rejected; the first is record 3: time is too far in the past"}})),
        (Vec<u8> = "application/x-protobuf"),
    ))),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn push_logs(Shared(state): Shared<State>, request: Request) -> Response {
    push::<Logs>(state, request).await
}

async fn push<R: Records>(state: State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut told = HeaderMap::new();
    let outcome = service::unobserved(take::<R>(&state, &parts, body, &mut told)).await;
    let mut response = outcome
        .unwrap_or_else(|problem| answer::refused(Format::or_protobuf(&parts.headers), &problem));
    response.headers_mut().extend(told);
    service::forget_request(&mut response);
    response
}

async fn take<R: Records>(
    state: &State,
    parts: &Parts,
    body: Body,
    told: &mut HeaderMap,
) -> Result<Response, ProblemResponse> {
    let pusher = Pusher::with(Scope::TelemetryWrite, parts, state)?;
    let rates = pusher.known.rates(&state.limits);
    rates.request(told)?;
    let format = Format::of(&parts.headers)?;
    let encoding = Encoding::of(&parts.headers, Encoding::USUAL)?;
    let _place = intake::place(state, &pusher)?;
    let body = body::read(body, &state.limits).await?;
    let (limits, tenant) = (state.limits, pusher.tenant_id);
    let read = move || {
        let body = encoding.inflate(&body, limits.max_inflated_bytes)?;
        let window = Window::new(service::now().timestamp_millis(), &limits, false);
        let gather = gather::<R>(&body, format, window, limits.max_samples)?;
        let messages = messages(tenant, R::SIGNAL, gather.groups, window.now)?;
        Ok((gather.verdict, messages))
    };
    let (verdict, messages) = on_a_thread(&pusher, read).await?;
    rates.samples(verdict.accepted, told)?;
    publish::publish(&state.bus, &pusher.tenant, messages).await?;
    state.metrics.count_telemetry(R::SIGNAL.as_str(), &verdict);
    let things = match R::SIGNAL {
        Signal::Spans => "spans",
        Signal::Logs => "records",
    };
    let message = rejected_in_words(&verdict, things);
    let rejected = verdict.rejected.len();
    Ok(answer::taken(format, R::REJECTED, rejected, message))
}

/// Everything of a body that can be taken, by who recorded it.
pub(crate) fn gather<R: Records>(
    body: &[u8],
    format: Format,
    window: Window,
    most: usize,
) -> Result<Gather, ProblemResponse> {
    let request = format.decode::<R::Request>(body, R::SHAPE, most)?;
    let mut gather = Gather::new(window, most);
    R::gather(request, &mut gather);
    if gather.is_too_much() {
        return Err(size::too_many(R::SHAPE, most));
    }
    Ok(gather)
}

/// Decoding keeps a thread busy: each tenant has one at a time.
async fn on_a_thread(
    pusher: &Pusher,
    read: impl FnOnce() -> Result<(Verdict, Vec<Outgoing>), ProblemResponse> + Send + 'static,
) -> Result<(Verdict, Vec<Outgoing>), ProblemResponse> {
    let tenant = Arc::clone(&pusher.tenant);
    let _turn = tenant.decoding.acquire().await;
    match tokio::task::spawn_blocking(read).await {
        Ok(outcome) => outcome,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
