//! One connection that pushes at a fixed rate, and sends again what was refused for now.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Outcome;
use super::fleet::{Piece, Shard};
use crate::http::Json;

/// Samples of one push, as an agent gathers them.
const PER_REQUEST: usize = 500;
/// Before what was refused is sent again.
const PATIENCE: Duration = Duration::from_millis(200);
/// What a sender that was held up sends at once afterwards.
const MAKES_UP_FOR: Duration = Duration::from_secs(1);
/// How long after the end what was begun is still tried.
const FLUSH: Duration = Duration::from_mins(1);

/// How samples are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    RemoteWrite,
    Json,
}

impl Format {
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::RemoteWrite => "host",
            Self::Json => "service",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::RemoteWrite => "/api/v1/write",
            Self::Json => "/api/v1/metrics",
        }
    }

    fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::RemoteWrite => &[
                ("content-type", "application/x-protobuf"),
                ("content-encoding", "snappy"),
                ("x-prometheus-remote-write-version", "0.1.0"),
            ],
            Self::Json => &[("content-type", "application/json")],
        }
    }
}

pub(super) struct Sender {
    client: Json,
    url: String,
    format: Format,
    /// Samples a second.
    rate: f64,
    shard: Shard,
    outcome: Outcome,
}

impl Sender {
    pub(super) fn new(ingress: &str, token: &str, format: Format, rate: f64, shard: Shard) -> Self {
        Self {
            client: Json::new(Some(token.to_owned())),
            url: format!("{ingress}{}", format.path()),
            format,
            rate,
            shard,
            outcome: Outcome::default(),
        }
    }

    /// Pushes until told to stop. A push is due at its instant, however long those before it took.
    pub(super) async fn run(mut self, stop: CancellationToken) -> Outcome {
        let mut due = Instant::now();
        while !stop.is_cancelled() {
            for piece in self.round() {
                tokio::select! {
                    () = sleep_until(due.into()) => {}
                    () = stop.cancelled() => return self.outcome,
                }
                #[expect(clippy::cast_precision_loss, reason = "a small number")]
                let seconds = piece.samples as f64 / self.rate.max(1.0);
                self.deliver(piece, due, &stop).await;
                due += Duration::from_secs_f64(seconds);
                // Who was held up for long does not make up for it at once.
                if due.elapsed() > MAKES_UP_FOR {
                    due = Instant::now();
                }
            }
        }
        self.outcome
    }

    fn round(&mut self) -> Vec<Piece> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now_ms = i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        match self.format {
            Format::RemoteWrite => self.shard.remote_write(now_ms, PER_REQUEST),
            Format::Json => self.shard.json(now_ms, PER_REQUEST),
        }
    }

    async fn deliver(&mut self, piece: Piece, due: Instant, stop: &CancellationToken) {
        let mut give_up_at = None;
        loop {
            let answer = self
                .client
                .post_bytes(&self.url, self.format.headers(), piece.body.clone())
                .await;
            match answer.map(|answer| answer.status) {
                Ok(status) if status.is_success() => {
                    self.outcome.acknowledged.samples += piece.samples as u64;
                    self.outcome.acknowledged.sum += piece.sum;
                    self.outcome.requests += 1;
                    return self.outcome.times.push(due.elapsed());
                }
                Ok(status) if !is_for_now(status) => {
                    self.outcome.rejected += piece.samples as u64;
                    return;
                }
                // Also where nobody answers: ingress may be being restarted.
                Ok(_) | Err(_) => self.outcome.refused += 1,
            }
            if stop.is_cancelled() {
                let until = *give_up_at.get_or_insert_with(|| Instant::now() + FLUSH);
                if Instant::now() > until {
                    self.outcome.unknown += piece.samples as u64;
                    return;
                }
            }
            sleep(PATIENCE).await;
        }
    }
}

fn is_for_now(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}
