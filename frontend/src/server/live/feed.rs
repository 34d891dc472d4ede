//! One subscription, many viewers.

use std::sync::Arc;

use contract::live::Update;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// How far a viewer may lag behind before it is let go; its page then reads everything again.
const LAG: usize = 256;

/// Hands every update to all who listen; ends with the last of them.
pub(crate) struct Feed {
    updates: broadcast::Receiver<Arc<Update>>,
    _stop: DropGuard,
}

impl Feed {
    /// Relays `source` in a task of its own until it ends, `stop` is cancelled or nobody holds the feed.
    pub(super) fn start(
        tasks: &TaskTracker,
        stop: &CancellationToken,
        source: impl Stream<Item = Arc<Update>> + Send + 'static,
    ) -> Arc<Self> {
        let (sender, updates) = broadcast::channel(LAG);
        let stop = stop.child_token();
        let mut source = Box::pin(source.take_until(stop.clone().cancelled_owned()));
        tasks.spawn(async move {
            while let Some(update) = source.next().await {
                if sender.send(update).is_err() {
                    break;
                }
            }
        });
        Arc::new(Self {
            updates,
            _stop: stop.drop_guard(),
        })
    }

    /// Its source has ended: whoever comes now needs another feed.
    pub(super) fn has_ended(&self) -> bool {
        self.updates.sender_strong_count() == 0
    }

    /// Everything from now on; ends with the feed, or when the listener is too slow.
    pub(super) fn listen(self: Arc<Self>) -> impl Stream<Item = Arc<Update>> + Send + use<> {
        let updates = self.updates.resubscribe();
        stream::unfold((self, updates), |(feed, mut updates)| async move {
            let update = updates.recv().await.ok()?;
            Some((update, (feed, updates)))
        })
    }

    /// What `part` makes of each update.
    pub(super) fn listen_for(
        self: Arc<Self>,
        part: impl Fn(&Update) -> Option<Update> + Send + 'static,
    ) -> impl Stream<Item = Arc<Update>> + Send {
        self.listen()
            .filter_map(move |update| std::future::ready(part(&update).map(Arc::new)))
    }
}

#[cfg(test)]
mod tests {
    use contract::id::{IncidentId, MonitorId};
    use tokio::sync::mpsc;
    use tokio_stream::wrappers::ReceiverStream;
    use uuid::Uuid;

    use super::*;

    fn update(number: u128) -> Arc<Update> {
        Arc::new(Update::Incident {
            incident: IncidentId(Uuid::from_u128(number)),
            monitor: Some(MonitorId(Uuid::from_u128(number))),
            open: true,
            title: String::new(),
            at: service::now(),
        })
    }

    #[tokio::test]
    async fn all_viewers_hear_the_same_and_the_source_ends_with_the_last() {
        let (source, updates) = mpsc::channel(1);
        let tasks = TaskTracker::new();
        let feed = Feed::start(
            &tasks,
            &CancellationToken::new(),
            ReceiverStream::new(updates),
        );
        let mut first = Box::pin(feed.clone().listen());
        let mut second = Box::pin(feed.listen());
        source.send(update(1)).await.expect("relayed");
        assert_eq!(first.next().await, second.next().await);
        drop((first, second));
        source.closed().await;
    }

    #[tokio::test]
    async fn a_slow_viewer_is_let_go() {
        let (source, updates) = mpsc::channel(1);
        let feed = Feed::start(
            &TaskTracker::new(),
            &CancellationToken::new(),
            ReceiverStream::new(updates),
        );
        let mut quick = Box::pin(feed.clone().listen());
        let mut slow = Box::pin(feed.listen());
        for number in 0..=LAG as u128 {
            source.send(update(number)).await.expect("relayed");
            assert!(quick.next().await.is_some());
        }
        assert!(slow.next().await.is_none());
    }
}
