//! Request coalescing: those who ask for the same page while it is being made get the next making of it together.
//!
//! What they get was begun after they asked, so it is never older than their question: nothing is kept for later.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, COOKIE, HOST, IF_NONE_MATCH};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::public::cached;
use super::public::place::Hidden;

/// All that decides over an answer, but for the moment.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    method: Method,
    uri: Uri,
    hidden: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Question {
    fn of(request: &Request) -> Self {
        let read = [HOST, COOKIE, ACCEPT, ACCEPT_ENCODING];
        let headers = read.iter().flat_map(|name| {
            let values = request.headers().get_all(name).into_iter();
            values.map(|value| (name.clone(), value.clone()))
        });
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            hidden: request
                .extensions()
                .get::<Hidden>()
                .map(|hidden| hidden.0.clone()),
            headers: headers.collect(),
        }
    }
}

/// An answer, and the span that it was made in.
type Made = (Response<Bytes>, SpanContext);

/// The answers that are being made.
#[derive(Clone, Default)]
pub(crate) struct Coalescing(Arc<Flights<Question, Made>>);

/// Answers with what `next` makes of the question, however many ask it.
pub(crate) async fn coalesce(
    State(coalescing): State<Coalescing>,
    mut request: Request,
    next: Next,
) -> Response {
    let known = cached::known(request.headers());
    request.headers_mut().remove(IF_NONE_MATCH);
    let question = Question::of(&request);
    let work = async {
        let (head, body) = next.run(request).await.into_parts();
        let made = match to_bytes(body, usize::MAX).await {
            Ok(body) => Response::from_parts(head, body),
            Err(error) => {
                tracing::error!(%error, "a page broke off");
                let mut broken = Response::new(Bytes::new());
                *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                broken
            }
        };
        let span = Span::current().context().span().span_context().clone();
        (made, span)
    };
    let ((made, span), own) = coalescing.0.get(question, work).await;
    if !own {
        Span::current().add_link(span);
    }
    cached::unless_known(&known, made.map(Body::from))
}

struct Flights<K, V>(Mutex<HashMap<K, Arc<Flight<V>>>>);

struct Flight<V> {
    /// How many makings began.
    begun: AtomicU64,
    /// The last one that came to its end, by its number. Locked while the next one is made.
    made: tokio::sync::Mutex<Option<(u64, V)>>,
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V> Default for Flight<V> {
    fn default() -> Self {
        Self {
            begun: AtomicU64::new(0),
            made: tokio::sync::Mutex::default(),
        }
    }
}

impl<K: Clone + Eq + std::hash::Hash, V: Clone> Flights<K, V> {
    /// What `work` makes, or what somebody else began to make after this was called; and whether it is one's own.
    async fn get(&self, key: K, work: impl Future<Output = V>) -> (V, bool) {
        let seat = self.board(key);
        let before = seat.flight.begun.load(Ordering::Acquire);
        let mut made = seat.flight.made.lock().await;
        if let Some((number, value)) = &*made
            && *number > before
        {
            return (value.clone(), false);
        }
        let number = seat.flight.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let value = work.await;
        *made = Some((number, value.clone()));
        (value, true)
    }

    fn board(&self, key: K) -> Seat<'_, K, V> {
        let flight = self.lock().entry(key.clone()).or_default().clone();
        Seat {
            flights: self,
            key,
            flight,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<Flight<V>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits, or makes. The last one takes the flight along, also when they leave early.
struct Seat<'a, K: Clone + Eq + std::hash::Hash, V: Clone> {
    flights: &'a Flights<K, V>,
    key: K,
    flight: Arc<Flight<V>>,
}

impl<K: Clone + Eq + std::hash::Hash, V: Clone> Drop for Seat<'_, K, V> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        // One is the map's own.
        if Arc::strong_count(&self.flight) == 2 {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn those_who_ask_meanwhile_share_the_next_making() {
        let flights = Flights::default();
        let (finish, finished) = oneshot::channel();
        let mut first = Box::pin(flights.get("page", async { finished.await.expect("a word") }));
        assert!((&mut first).now_or_never().is_none());
        let mut second = Box::pin(flights.get("page", async { "second" }));
        let mut third = Box::pin(flights.get("page", async { "third" }));
        assert!((&mut second).now_or_never().is_none());
        assert!((&mut third).now_or_never().is_none());
        assert_eq!(flights.get("other", async { "other" }).await.0, "other");
        finish.send("first").expect("somebody waits");
        assert_eq!(first.await, ("first", true));
        assert_eq!(
            second.await,
            ("second", true),
            "what was begun before it asked is not for it"
        );
        assert_eq!(third.await, ("second", false));
        assert!(flights.lock().is_empty());
        assert_eq!(
            flights.get("page", async { "fourth" }).await,
            ("fourth", true)
        );
    }

    #[tokio::test]
    async fn one_who_leaves_while_making_leaves_it_to_the_next() {
        let flights = Flights::default();
        let mut first = Box::pin(flights.get("page", std::future::pending()));
        assert!((&mut first).now_or_never().is_none());
        let mut second = Box::pin(flights.get("page", async { "second" }));
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        assert_eq!(second.await, ("second", true));
        assert!(flights.lock().is_empty());
    }
}
