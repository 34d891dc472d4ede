//! Pushing what waits, one batch after the other, as often as it takes.

mod backoff;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ureq::Agent;

use crate::buffer::{Buffer, Entry};
use crate::identity::Identity;
use crate::leak::Leak;
use crate::stop::Stop;
use crate::{http, log};
use backoff::Backoff;
use verdict::Verdict;

/// How long pushing goes on once the agent was told to stop; the rest waits on disk.
const FLUSH: Duration = Duration::from_secs(5);

/// What became of samples, told as metrics.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Samples that ingress took.
    pub(crate) accepted: AtomicU64,
    /// Samples that ingress will never take.
    pub(crate) refused: AtomicU64,
    /// Attempts that failed and are repeated.
    pub(crate) failures: AtomicU64,
}

pub(crate) struct Pusher {
    client: Agent,
    url: String,
    authorization: String,
    buffer: Arc<Buffer>,
    counts: Arc<Counts>,
    stop: Stop,
    leak: Leak,
    /// Why nothing gets through, as it was last said.
    trouble: Option<String>,
}

impl Pusher {
    pub(crate) fn new(
        client: Agent,
        identity: &Identity,
        buffer: Arc<Buffer>,
        counts: Arc<Counts>,
        stop: Stop,
        leak: Leak,
    ) -> Self {
        let base = identity.ingress_url.trim_end_matches('/');
        Self {
            client,
            url: format!("{base}/api/v1/metrics"),
            authorization: format!("Bearer {}", identity.token),
            buffer,
            counts,
            stop,
            leak,
            trouble: None,
        }
    }

    /// Pushes until the buffer is closed and empty, or time is up.
    pub(crate) fn run(mut self) {
        let mut flush_until = None;
        loop {
            let (position, entry) = match self.buffer.next() {
                Ok(Some(next)) => next,
                Ok(None) => return,
                Err(error) => {
                    log::error(&format!("what waits to be pushed cannot be read: {error}"));
                    if self.stop.within(FLUSH) {
                        return;
                    }
                    continue;
                }
            };
            if self.stop.is_told() {
                let until = *flush_until.get_or_insert_with(|| Instant::now() + FLUSH);
                if Instant::now() >= until {
                    return;
                }
            }
            if !self.deliver(&entry) {
                return;
            }
            if let Err(error) = self.buffer.done(position) {
                log::warn(&format!("how far was pushed cannot be kept: {error}"));
            }
        }
    }

    /// Tries until the entry is over. False when told to stop before.
    fn deliver(&mut self, entry: &Entry) -> bool {
        let mut backoff = Backoff::default();
        loop {
            match self.attempt(entry) {
                Verdict::Taken {
                    accepted,
                    complaint,
                } => {
                    self.is_well(complaint);
                    self.counts.accepted.fetch_add(accepted, Ordering::Relaxed);
                    let refused = u64::from(entry.samples).saturating_sub(accepted);
                    self.counts.refused.fetch_add(refused, Ordering::Relaxed);
                    return true;
                }
                Verdict::Refused { why } => {
                    log::error(&format!("{} samples are dropped: {why}", entry.samples));
                    self.counts
                        .refused
                        .fetch_add(entry.samples.into(), Ordering::Relaxed);
                    return true;
                }
                Verdict::Later { why, after } => {
                    self.counts.failures.fetch_add(1, Ordering::Relaxed);
                    self.is_troubled(why);
                    if self.stop.is_told() || self.stop.within(backoff.next(after)) {
                        return false;
                    }
                }
            }
        }
    }

    fn attempt(&mut self, entry: &Entry) -> Verdict {
        let request = self
            .client
            .post(&self.url)
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .header("idempotency-key", entry.key.to_string());
        match request.send(entry.body.as_slice()) {
            Ok(mut answer) => {
                self.leak.obey(answer.headers());
                let retry_after = answer.headers().get("retry-after");
                let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
                let (status, body) = (answer.status().as_u16(), http::text(&mut answer));
                verdict::of(status, retry_after, &body, entry.samples)
            }
            Err(error) => Verdict::Later {
                why: format!("{} cannot be reached: {error}", self.url),
                after: None,
            },
        }
    }

    /// Says a trouble once.
    fn is_troubled(&mut self, why: String) {
        if self.trouble.as_ref() != Some(&why) {
            log::warn(&format!("{why}; what is measured waits on disk"));
            self.trouble = Some(why);
        }
    }

    fn is_well(&mut self, complaint: Option<String>) {
        if let Some(complaint) = complaint.filter(|it| self.trouble.as_ref() != Some(it)) {
            log::warn(&complaint);
            self.trouble = Some(complaint);
        } else if self.trouble.take().is_some() {
            log::info("pushes are taken again");
        }
    }
}
