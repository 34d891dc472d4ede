//! Load as real fleets make it, on an environment of this machine, with an account of what was acknowledged.

pub mod fleet;
pub mod monitors;
mod push;
mod stored;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::environment::Environment;
use push::{Format, Sender};

/// Connections of hosts, and of services.
const CONNECTIONS: usize = 4;
/// What runs for longer than this is no preview.
pub const LONGEST: Duration = Duration::from_mins(10);

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Machines, which push by remote write as Prometheus does.
    pub hosts: usize,
    /// Applications, which push JSON.
    pub services: usize,
    /// Samples a second, of all together.
    pub rate: f64,
}

/// Samples, and the sum of their values; all values are multiples of a half, so the sum is exact.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Account {
    pub samples: u64,
    pub sum: f64,
}

/// What became of a load.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub acknowledged: Account,
    pub requests: u64,
    /// Requests that were refused for now and sent again.
    pub refused: u64,
    /// Samples that were refused for good, with a reason.
    pub rejected: u64,
    /// Samples of which nobody knows what became of them: their pushes were never answered.
    pub unknown: u64,
    /// From the instant at which a push was due until it was acknowledged.
    pub times: Vec<Duration>,
    pub took: Duration,
}

/// Senders that push until they are stopped.
pub struct Load {
    environment: Environment,
    prefix: String,
    begun: Instant,
    stop: CancellationToken,
    senders: JoinSet<Outcome>,
}

impl Load {
    /// Begins to push to a running environment. Every load has series of its own.
    pub fn start(environment: &Environment, plan: Plan) -> anyhow::Result<Self> {
        let summary = environment.summary()?;
        let ingress = summary.ingress_url.context("ingress has no address")?;
        let token = summary.token.context("the tenant has no token")?;
        ensure!(
            ingress.starts_with("http://127.0.0.1:"),
            "only environments of this machine are put under load"
        );
        let id = uuid::Uuid::new_v4().simple().to_string();
        let prefix = format!("load-{}", &id[..8]);
        let stop = CancellationToken::new();
        let mut senders = JoinSet::new();
        let all = (plan.hosts + plan.services).max(1);
        for (count, format) in [
            (plan.hosts, Format::RemoteWrite),
            (plan.services, Format::Json),
        ] {
            if count == 0 {
                continue;
            }
            let connections = count.min(CONNECTIONS);
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let rate = plan.rate * count as f64 / all as f64 / connections as f64;
            let name = format!("{prefix}-{}", format.prefix());
            for shard in fleet::shards(&name, count, connections) {
                let sender = Sender::new(&ingress, &token, format, rate, shard);
                senders.spawn(sender.run(stop.clone()));
            }
        }
        Ok(Self {
            environment: environment.clone(),
            prefix,
            begun: Instant::now(),
            stop,
            senders,
        })
    }

    /// Sends no more, and waits until all that was begun is answered.
    pub async fn stop(mut self) -> anyhow::Result<Ended> {
        self.stop.cancel();
        let mut total = Outcome::default();
        while let Some(one) = self.senders.join_next().await {
            total.add(one?);
        }
        total.took = self.begun.elapsed();
        Ok(Ended {
            environment: self.environment,
            prefix: self.prefix,
            outcome: total,
        })
    }
}

/// A load that is over.
pub struct Ended {
    environment: Environment,
    prefix: String,
    pub outcome: Outcome,
}

impl Ended {
    /// What the database holds of it, once it holds as much as was acknowledged, or this time is over.
    pub async fn stored(&self, patience: Duration) -> anyhow::Result<Account> {
        let until = Instant::now() + patience;
        loop {
            let stored = stored::of(&self.environment, &self.prefix).await?;
            if stored.samples >= self.outcome.acknowledged.samples || Instant::now() > until {
                return Ok(stored);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Whether all that was acknowledged is stored once, and nothing beside it but what was never answered.
    pub fn is_whole(&self, stored: Account) -> bool {
        let Outcome {
            acknowledged,
            unknown,
            ..
        } = &self.outcome;
        if *unknown == 0 {
            return stored == *acknowledged;
        }
        (acknowledged.samples..=acknowledged.samples + unknown).contains(&stored.samples)
    }
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.acknowledged.samples += other.acknowledged.samples;
        self.acknowledged.sum += other.acknowledged.sum;
        self.requests += other.requests;
        self.refused += other.refused;
        self.rejected += other.rejected;
        self.unknown += other.unknown;
        self.times.extend(other.times);
    }

    /// The time that this share of all pushes did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a position in a list"
        )]
        let rank = (times.len() as f64 * share).ceil() as usize;
        let index = rank.clamp(1, times.len().max(1)) - 1;
        times.get(index).copied().unwrap_or_default()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
        let per_second = self.acknowledged.samples as f64 / self.took.as_secs_f64().max(0.001);
        write!(
            f,
            "{} samples acknowledged in {} pushes ({per_second:.0}/s); {} pushes refused for now, {} samples rejected, {} \
             unanswered; p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
            self.acknowledged.samples,
            self.requests,
            self.refused,
            self.rejected,
            self.unknown,
            self.quantile(0.5),
            self.quantile(0.99),
            self.quantile(1.0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_time_that_was_measured() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let outcome = Outcome {
            times,
            ..Outcome::default()
        };
        assert_eq!(outcome.quantile(0.5), Duration::from_millis(50));
        assert_eq!(outcome.quantile(1.0), Duration::from_millis(100));
        assert_eq!(Outcome::default().quantile(0.99), Duration::ZERO);
    }
}
