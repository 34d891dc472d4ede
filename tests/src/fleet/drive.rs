//! Letting a fleet push: as fast as it is taken, or at a fixed rate.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use super::{Piece, Shard};
use crate::api::now_ms;

/// Before what was refused is sent again.
const PATIENCE: Duration = Duration::from_millis(50);

/// How samples are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    RemoteWrite,
    Json,
}

/// Where a fleet pushes to.
#[derive(Debug, Clone)]
pub struct Target {
    url: Arc<str>,
    headers: HeaderMap,
    format: Format,
    per_request: usize,
    client: reqwest::Client,
}

/// What was taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    pub samples: u64,
    /// Requests that were refused for now and sent again.
    pub refused: u64,
    pub seconds: f64,
}

impl Taken {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
    pub fn per_second(&self) -> f64 {
        self.samples as f64 / self.seconds
    }
}

impl Target {
    pub fn new(url: &str, token: Option<&str>, format: Format, per_request: usize) -> Self {
        let mut headers = HeaderMap::new();
        let mut set = |name, value: &str| {
            headers.insert(
                name,
                HeaderValue::from_str(value).expect("a header's value"),
            );
        };
        match format {
            Format::RemoteWrite => {
                set(CONTENT_TYPE, "application/x-protobuf");
                set(CONTENT_ENCODING, "snappy");
                let version = "x-prometheus-remote-write-version";
                set(version.parse().expect("a header's name"), "0.1.0");
            }
            Format::Json => set(CONTENT_TYPE, "application/json"),
        }
        if let Some(token) = token {
            set(AUTHORIZATION, &format!("Bearer {token}"));
        }
        Self {
            url: url.into(),
            headers,
            format,
            per_request,
            client: crate::api::client(),
        }
    }

    /// Every shard sends its next request when the one before was answered, for at least one round. Returns the shards for the
    /// next measurement.
    pub async fn flood(&self, shards: Vec<Shard>, time: Duration) -> (Taken, Vec<Shard>) {
        let begun = Instant::now();
        let mut senders = JoinSet::new();
        for shard in shards {
            senders.spawn(self.clone().send_until(shard, begun + time));
        }
        let (mut total, mut back) = (Taken::default(), Vec::new());
        while let Some(sent) = senders.join_next().await {
            let (taken, shard) = sent.expect("a sender does not panic");
            total.samples += taken.samples;
            total.refused += taken.refused;
            back.push(shard);
        }
        total.seconds = begun.elapsed().as_secs_f64();
        (total, back)
    }

    async fn send_until(self, mut shard: Shard, until: Instant) -> (Taken, Shard) {
        let mut taken = Taken::default();
        loop {
            for Piece { body, samples, .. } in self.round(&mut shard) {
                while !self.is_taken(body.clone()).await {
                    taken.refused += 1;
                    tokio::time::sleep(PATIENCE).await;
                }
                taken.samples += samples as u64;
            }
            if Instant::now() >= until {
                return (taken, shard);
            }
        }
    }

    /// Sends `per_second` samples a second however long the answers take, and returns how long each request took from the
    /// instant at which it was due: a late sender does not hide a slow receiver.
    pub async fn pace(
        &self,
        shards: Vec<Shard>,
        per_second: f64,
        time: Duration,
    ) -> (Vec<Duration>, Taken) {
        let begun = Instant::now() + Duration::from_millis(200);
        let count = u32::try_from(shards.len()).expect("few shards");
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let between =
            Duration::from_secs_f64((self.per_request * shards.len()) as f64 / per_second);
        let mut senders = JoinSet::new();
        for (position, shard) in (0..).zip(shards) {
            let first = begun + between * position / count;
            senders.spawn(self.clone().send_at(shard, first, between, begun + time));
        }
        let (mut times, mut total) = (Vec::new(), Taken::default());
        while let Some(sent) = senders.join_next().await {
            let (took, taken) = sent.expect("a sender does not panic");
            times.extend(took);
            total.samples += taken.samples;
            total.refused += taken.refused;
        }
        total.seconds = begun.elapsed().as_secs_f64();
        (times, total)
    }

    async fn send_at(
        self,
        mut shard: Shard,
        first: Instant,
        between: Duration,
        until: Instant,
    ) -> (Vec<Duration>, Taken) {
        let mut due = first;
        let mut under_way = JoinSet::new();
        'rounds: loop {
            for Piece { body, samples, .. } in self.round(&mut shard) {
                if due >= until {
                    break 'rounds;
                }
                sleep_until(due.into()).await;
                under_way.spawn(self.clone().timed(body, samples, due));
                due += between;
            }
        }
        let (mut times, mut taken) = (Vec::new(), Taken::default());
        while let Some(sent) = under_way.join_next().await {
            match sent.expect("a request does not panic") {
                Some((took, samples)) => {
                    times.push(took);
                    taken.samples += samples as u64;
                }
                None => taken.refused += 1,
            }
        }
        (times, taken)
    }

    async fn timed(self, body: Vec<u8>, samples: usize, due: Instant) -> Option<(Duration, usize)> {
        let taken = self.is_taken(body).await;
        taken.then(|| (due.elapsed(), samples))
    }

    fn round(&self, shard: &mut Shard) -> Vec<Piece> {
        match self.format {
            Format::RemoteWrite => shard.remote_write(now_ms(), self.per_request),
            Format::Json => shard.json(now_ms(), self.per_request),
        }
    }

    /// Anything but a success, or a refusal for now, is a mistake of the benchmark.
    async fn is_taken(&self, body: Vec<u8>) -> bool {
        let request = self.client.post(&*self.url).headers(self.headers.clone());
        let answer = request.body(body).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a whole answer");
        match status.as_u16() {
            200..300 => true,
            429 | 503 => false,
            _ => panic!("{}: {status}: {text}", self.url),
        }
    }
}
