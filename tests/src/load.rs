//! A light load that keeps account of what was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::eventually;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Environment;
use crate::api::now_ms;
use crate::push::Pusher;

const PERIOD: Duration = Duration::from_millis(100);
const SENDERS: u64 = 2;
/// Series of one sender; each push carries one sample of each.
const LANES: u64 = 8;

/// What has to be in the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    pub samples: i64,
    /// The sum of all values, which are whole numbers.
    pub sum: i64,
}

/// Senders that push all the time. A push that was not acknowledged is sent again until it is.
pub struct Load {
    metric: String,
    senders: JoinSet<Account>,
    acknowledged: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    stop: CancellationToken,
}

impl Load {
    pub fn start(environment: &Environment, metric: &str) -> Self {
        let mut load = Self {
            metric: metric.to_owned(),
            senders: JoinSet::new(),
            acknowledged: Arc::default(),
            refused: Arc::default(),
            stop: CancellationToken::new(),
        };
        for sender in 0..SENDERS {
            load.senders.spawn(send(
                Pusher::new(environment),
                load.metric.clone(),
                sender,
                load.acknowledged.clone(),
                load.refused.clone(),
                load.stop.clone(),
            ));
        }
        load
    }

    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// Waits until pushes that begin from now on are acknowledged.
    pub async fn flows(&self, deadline: Duration) {
        let before = self.acknowledged.load(Ordering::Relaxed);
        // Each sender may have one push under way that began earlier.
        let enough = before + SENDERS + 4;
        eventually(deadline, || async {
            let now = self.acknowledged.load(Ordering::Relaxed);
            (now >= enough)
                .then_some(())
                .ok_or_else(|| format!("only {} pushes were acknowledged", now - before))
        })
        .await;
    }

    /// Waits until a push is refused for now, in words: 503 with `Retry-After`.
    pub async fn is_refused(&self, deadline: Duration) {
        let before = self.refused.load(Ordering::Relaxed);
        eventually(deadline, || async {
            let now = self.refused.load(Ordering::Relaxed);
            (now > before).then_some(()).ok_or("no push was refused")
        })
        .await;
    }

    /// Sends no more, waits until all that was begun is acknowledged, and settles.
    pub async fn stop(mut self) -> Account {
        self.stop.cancel();
        let mut total = Account::default();
        while let Some(one) = self.senders.join_next().await {
            let one = one.expect("a sender does not panic");
            total.samples += one.samples;
            total.sum += one.sum;
        }
        total
    }
}

async fn send(
    pusher: Pusher,
    metric: String,
    sender: u64,
    acknowledged: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    stop: CancellationToken,
) -> Account {
    let mut account = Account::default();
    let mut pace = interval(PERIOD);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut at_ms = now_ms();
    for round in 0.. {
        pace.tick().await;
        if stop.is_cancelled() {
            break;
        }
        // One value for one series and instant, so no two pushes may share an instant.
        at_ms = now_ms().max(at_ms + 1);
        let samples = samples(&metric, sender, round, at_ms);
        while !is_acknowledged(&pusher, &samples, &refused).await {
            pace.tick().await;
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
        account.samples += i64::try_from(LANES).expect("few lanes");
        account.sum += (0..LANES).map(|lane| value(round, lane)).sum::<i64>();
    }
    account
}

async fn is_acknowledged(pusher: &Pusher, samples: &[Value], refused: &AtomicU64) -> bool {
    match pusher.try_push(samples).await {
        Ok(answer) => match answer.status {
            202 => true,
            503 => {
                assert_ne!(answer.header("retry-after"), "", "{answer:?}");
                refused.fetch_add(1, Ordering::Relaxed);
                false
            }
            status => panic!("a push under load was answered {status}: {}", answer.text),
        },
        // Ingress is being restarted.
        Err(_) => false,
    }
}

fn samples(metric: &str, sender: u64, round: i64, at_ms: i64) -> Vec<Value> {
    (0..LANES)
        .map(|lane| {
            json!({
                "name": metric,
                "labels": {"sender": sender.to_string(), "lane": lane.to_string()},
                "value": value(round, lane),
                "timestamp_ms": at_ms,
            })
        })
        .collect()
}

fn value(round: i64, lane: u64) -> i64 {
    round * 10 + i64::try_from(lane).expect("few lanes")
}
