//! The way every push takes, whatever its protocol: known, bounded, read, judged, published, answered.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bus::Outgoing;
use contract::problem::FieldError;
use contract::telemetry;
use contract::token::Scope;
use service::problem::ProblemResponse;
use tokio::sync::SemaphorePermit;

use crate::auth::Pusher;
use crate::body;
use crate::faults;
use crate::inflate::Encoding;
use crate::judge::{Judge, Verdict, Window};
use crate::protocol::Protocol;
use crate::publish::{self, Name};
use crate::{Limits, State};

/// Takes a push in the protocol `P`.
pub(crate) async fn push<P: Protocol>(state: State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut told = HeaderMap::new();
    let begun = Intake::begin(&state, &parts, &mut told);
    // What services say of themselves is stored like anything else, and nothing more is said of that.
    let is_own = begun.as_ref().is_ok_and(Intake::is_own);
    let taken = async { take::<P>(begun?, &parts, body, &mut told).await };
    let outcome = service::unobserved_if(is_own, taken).await;
    let mut response = outcome.unwrap_or_else(|problem| P::refuse(&parts, problem));
    response.headers_mut().extend(told);
    if is_own {
        service::forget_request(&mut response);
    }
    response
}

async fn take<P: Protocol>(
    intake: Intake<'_>,
    parts: &Parts,
    body: Body,
    told: &mut HeaderMap,
) -> Result<Response, ProblemResponse> {
    let state = intake.state;
    let mut protocol = P::negotiate(parts)?;
    let encoding = Encoding::of(&parts.headers, P::ENCODINGS)?;
    let _place = intake.place()?;
    let body = body::read(body, &state.limits).await?;
    let max_bytes = state.limits.max_inflated_bytes;
    let read = move |judge: &mut Judge| {
        let body = encoding.inflate(&body, max_bytes)?;
        protocol.read(&body, judge)?;
        Ok(protocol)
    };
    let (judged, protocol) = intake.judge(0, read).await?;
    let verdict = intake.publish(judged, told).await?;
    state.metrics.count(P::NAME, &verdict);
    protocol.answer(verdict)
}

/// A push under way.
pub(crate) struct Intake<'a> {
    state: &'a State,
    pusher: Pusher,
    name: Name,
}

/// What was judged and waits to be published.
pub(crate) struct Judged {
    verdict: Verdict,
    samples: usize,
    messages: Vec<Outgoing>,
}

impl<'a> Intake<'a> {
    /// Finds out who pushes, and whether it may now.
    pub(crate) fn begin(
        state: &'a State,
        parts: &Parts,
        told: &mut HeaderMap,
    ) -> Result<Self, ProblemResponse> {
        let pusher = Pusher::with(Scope::MetricsWrite, parts, state)?;
        pusher.known.rates(&state.limits).request(told)?;
        let key = parts.headers.get("idempotency-key");
        let name = Name::new(pusher.tenant_id, key.and_then(|key| key.to_str().ok()));
        Ok(Self {
            state,
            pusher,
            name,
        })
    }

    fn is_own(&self) -> bool {
        self.pusher.tenant_id == telemetry::TENANT
    }

    /// [`place`] of the pusher.
    pub(crate) fn place(&self) -> Result<SemaphorePermit<'_>, ProblemResponse> {
        place(self.state, &self.pusher)
    }

    /// Judges what `read` hands over: the nth piece of the push. It is work for a thread of its own, of which each tenant has
    /// one at a time: so however much one pushes, the answers to others are not held up behind it.
    pub(crate) async fn judge<T: Send + 'static>(
        &self,
        piece: usize,
        read: impl FnOnce(&mut Judge) -> Result<T, ProblemResponse> + Send + 'static,
    ) -> Result<(Judged, T), ProblemResponse> {
        let tenant = Arc::clone(&self.pusher.tenant);
        let (tenant_id, name, limits) = (self.pusher.tenant_id, self.name, self.state.limits);
        let may_backfill = self.pusher.may_backfill;
        let now_ms = faults::now_ms(self.state.bus.faults());
        let work = move || {
            let window = Window::new(now_ms, &limits, may_backfill);
            let mut judge = Judge::new(window, &limits, &tenant.series);
            let read = read(&mut judge)?;
            let Judge { batch, verdict, .. } = judge;
            let judged = Judged {
                verdict,
                samples: batch.sample_count(),
                messages: publish::messages(tenant_id, &name, piece, &batch, now_ms)?,
            };
            Ok((judged, read))
        };
        let _turn = self.pusher.tenant.decoding.acquire().await;
        match tokio::task::spawn_blocking(work).await {
            Ok(judged) => judged,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Returns when every accepted sample is in the log.
    pub(crate) async fn publish(
        &self,
        judged: Judged,
        told: &mut HeaderMap,
    ) -> Result<Verdict, ProblemResponse> {
        let rates = self.pusher.known.rates(&self.state.limits);
        rates.samples(judged.samples, told)?;
        publish::publish(&self.state.bus, &self.pusher.tenant, judged.messages).await?;
        Ok(judged.verdict)
    }
}

/// One of the tenant's places for pushes under way. Refused also while nothing could be published.
pub(crate) fn place<'a>(
    state: &State,
    pusher: &'a Pusher,
) -> Result<SemaphorePermit<'a>, ProblemResponse> {
    if !state.bus.is_connected() {
        let away = bus::PublishError::Unavailable("not connected".to_owned());
        return Err(publish::refuse(&away));
    }
    let places = &pusher.tenant.pushes;
    places.try_acquire().map_err(|_| busy(&state.limits))
}

fn busy(limits: &Limits) -> ProblemResponse {
    let reason = format!("{} are under way already", limits.max_pushes);
    ProblemResponse::new(
        StatusCode::TOO_MANY_REQUESTS,
        "throttled",
        "too many pushes at the same time",
    )
    .errors(vec![FieldError::new("requests", reason)])
    .retry_after_s(1)
}
