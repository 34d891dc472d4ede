//! Telling the world that a region has a living prober.

use std::time::Duration;

use bus::{Bucket, Bus};
use contract::region::Heartbeat;
use contract::stream;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Well within the life of an entry in the bucket, so that two may be lost.
const EVERY: Duration = Duration::from_secs(10);

/// Repeats the heartbeats until told to stop, then takes them back.
pub(crate) async fn beat(bus: Bus, heartbeats: Vec<Heartbeat>, stop: CancellationToken) {
    let bucket = tokio::select! {
        bucket = bus.bucket(stream::REGIONS) => bucket,
        () = stop.cancelled() => return,
    };
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => announce(&bucket, &heartbeats).await,
            () = stop.cancelled() => return withdraw(&bucket, &heartbeats).await,
        }
    }
}

async fn announce(bucket: &Bucket<Heartbeat>, heartbeats: &[Heartbeat]) {
    for heartbeat in heartbeats {
        if let Err(error) = bucket.put(&heartbeat.key(), heartbeat).await {
            tracing::warn!(region = %heartbeat.region, %error, "the region does not hear of this prober");
        }
    }
}

async fn withdraw(bucket: &Bucket<Heartbeat>, heartbeats: &[Heartbeat]) {
    for heartbeat in heartbeats {
        if let Err(error) = bucket.delete(&heartbeat.key()).await {
            tracing::debug!(region = %heartbeat.region, %error, "the heartbeat will expire by itself");
        }
    }
}
