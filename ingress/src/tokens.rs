//! Who may push: the `tokens` bucket, mirrored in memory.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bus, Change};
use contract::stream;
use contract::token::{self, Grant};
use futures_util::StreamExt;
use service::Check;
use tokio_util::sync::CancellationToken;

/// Grants by the hash of their secret. Until the bucket was read once nothing is known, and nobody gets in.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Arc<RwLock<Option<HashMap<String, Grant>>>>);

/// What is known of a secret.
pub(crate) enum Verdict {
    Granted(Grant),
    Refused,
    /// The bucket was not read yet.
    NotKnown,
}

impl Tokens {
    /// The lookup is by hash, so its timing tells nothing of the secret.
    pub(crate) fn check(&self, secret: &str) -> Verdict {
        let grants = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(grants) = grants.as_ref() else {
            return Verdict::NotKnown;
        };
        grants
            .get(&token::key(secret))
            .cloned()
            .map_or(Verdict::Refused, Verdict::Granted)
    }

    /// Mirrors the bucket until told to stop. Every time the watch begins again the mirror is built anew beside the old one,
    /// so that nothing revoked in between survives.
    pub(crate) async fn follow(self, bus: Bus, known: Check, stop: CancellationToken) {
        let mirror = async {
            let bucket = bus.bucket::<Grant>(stream::TOKENS).await;
            let mut changes = std::pin::pin!(bucket.watch());
            let mut next = Some(HashMap::new());
            while let Some(change) = changes.next().await {
                self.apply(change, &mut next, &known);
            }
        };
        tokio::select! {
            () = mirror => {}
            () = stop.cancelled() => {}
        }
    }

    fn apply(
        &self,
        change: Change<Grant>,
        next: &mut Option<HashMap<String, Grant>>,
        known: &Check,
    ) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let grants = match (next.as_mut(), current.as_mut()) {
            (Some(next), _) => next,
            (None, Some(current)) => current,
            (None, None) => return,
        };
        match change {
            Change::Began => *next = Some(HashMap::new()),
            Change::Put { key, value, .. } => _ = grants.insert(key, value),
            Change::Deleted { key } => _ = grants.remove(&key),
            Change::Synced => {
                if let Some(next) = next.take() {
                    tracing::info!(tokens = next.len(), "tokens are known");
                    *current = Some(next);
                }
                known.up();
            }
        }
    }
}
