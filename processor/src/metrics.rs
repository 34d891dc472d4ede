//! Samples: shown to open pages as they arrive, and judged by the rules that look at them.

mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bus::{Bus, Failure, Message};
use chrono::{DateTime, TimeDelta, Utc};
use contract::id::{Partition, TenantId};
use contract::live::Update;
use contract::metric::Packed;
use contract::{stream, subject};
use tokio_util::sync::CancellationToken;

use crate::Shared;
use window::Window;

/// Announcements of one tenant are at least this far apart.
const EVERY: Duration = Duration::from_millis(200);
/// Pages that open read the past from the store; what waited longer than this is no news.
const NEWS: TimeDelta = TimeDelta::seconds(30);

/// What a partition's tenants have not been shown yet.
type Windows = Arc<Mutex<HashMap<TenantId, Window>>>;

pub(crate) async fn run(shared: Shared, partition: Partition) {
    let Shared {
        bus, alerts, stop, ..
    } = shared;
    let windows = Windows::default();
    let fill = Arc::clone(&windows);
    let handler = move |message: Arc<Message<Packed>>| {
        let (fill, alerts) = (Arc::clone(&fill), Arc::clone(&alerts));
        async move {
            take(&fill, &message, service::now())?;
            alerts.take_samples(&message).await
        }
    };
    let durable = stream::processor_metrics(partition);
    tokio::join!(
        bus::consume(&bus, &durable, 1, &stop, handler),
        show(&bus, &windows, &stop),
    );
}

fn take(windows: &Windows, message: &Message<Packed>, now: DateTime<Utc>) -> Result<(), Failure> {
    let Some(tenant) = subject::parse::metrics_accepted(&message.subject) else {
        return Err(Failure::reject("the subject names no tenant"));
    };
    let batch = &message.body;
    if now.timestamp_millis() - batch.received_ms <= NEWS.num_milliseconds() {
        windows
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(tenant)
            .or_default()
            .add(batch);
    }
    Ok(())
}

async fn show(bus: &Bus, windows: &Windows, stop: &CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        for (tenant, series) in next(windows) {
            bus.announce_live(tenant, &Update::Samples { series }).await;
        }
    }
}

/// What to show now. Tenants of whom nothing is left are forgotten.
fn next(windows: &Windows) -> Vec<(TenantId, Vec<contract::metric::Series>)> {
    let mut windows = windows.lock().unwrap_or_else(PoisonError::into_inner);
    windows.retain(|_, window| !window.is_empty());
    windows
        .iter_mut()
        .map(|(tenant, window)| (*tenant, window.next()))
        .collect()
}
