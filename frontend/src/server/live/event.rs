//! Updates as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use contract::live::Update;
use futures_util::{Stream, StreamExt, stream};
use tokio_util::sync::CancellationToken;

/// What a browser waits before it connects anew.
const RETRY: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Then the browser connects anew, and who it is gets verified again.
const LIFETIME: Duration = Duration::from_mins(15);

/// First `hello`, then one event per update, named by its topic, until `stop`.
pub(super) fn stream(
    updates: impl Stream<Item = Arc<Update>> + Send + 'static,
    stop: CancellationToken,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send + 'static> {
    let hello = Event::default().event("hello").retry(RETRY).data("{}");
    let events = updates.filter_map(|update| std::future::ready(event(&update)));
    let end = async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LIFETIME) => {}
        }
    };
    let events = stream::iter([hello]).chain(events).take_until(end).map(Ok);
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

fn event(update: &Update) -> Option<Event> {
    Event::default()
        .event(update.topic())
        .json_data(update)
        .inspect_err(|error| tracing::error!(%error, "an update cannot be written as JSON"))
        .ok()
}
