//! Keeps the SCHEDULE stream equal to the `monitors` bucket: one schedule for each monitor and region that looks at it.
//!
//! Every instance does this. Writing is preceded by reading, and a schedule made from a newer revision is left alone, so the
//! instances agree whatever their order; a comparison at the start, after every failure and every now and then mends the rest.

mod cron;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Change, InspectError, PublishError, Scheduled};
use contract::id::{MonitorId, Region};
use contract::monitor::Monitor;
use contract::probe::Job;
use contract::subject::{self, filter};
use futures_util::{StreamExt, stream};
use tokio::sync::Notify;

use crate::Shared;
use crate::monitors::Monitors;
use crate::rules::ticks;

/// Monitors compared at a time.
const CONCURRENCY: usize = 16;
const RETRY: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Bucket(#[from] bus::UpdateError),
}

pub(crate) async fn run(shared: Shared, compare_every: Duration) {
    let keeper = Keeper {
        bus: shared.bus,
        monitors: shared.monitors,
        doubt: Notify::new(),
    };
    let keep = async { tokio::join!(keeper.follow(), keeper.compare_always(compare_every)) };
    tokio::select! {
        _ = keep => {}
        () = shared.stop.cancelled() => {}
    }
}

/// Keeps the schedules.
struct Keeper {
    bus: Bus,
    monitors: Arc<Monitors>,
    /// Asks for a comparison.
    doubt: Notify,
}

impl Keeper {
    /// Changes take effect at once.
    async fn follow(&self) {
        let mut changes = std::pin::pin!(self.monitors.changes());
        let mut synced = false;
        while let Some(change) = changes.next().await {
            let done = match change {
                Change::Synced => {
                    synced = true;
                    self.doubt.notify_one();
                    Ok(())
                }
                Change::Began => {
                    synced = false;
                    Ok(())
                }
                // What was there before is the comparison's work.
                _ if !synced => Ok(()),
                Change::Put { value, .. } => self.settle(&value).await,
                Change::Deleted { key } => self.remove(&key).await,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "could not write a schedule; comparing all of them");
                self.doubt.notify_one();
            }
        }
    }

    async fn compare_always(&self, every: Duration) {
        loop {
            tokio::select! {
                () = self.doubt.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
            while let Err(error) = self.compare().await {
                tracing::warn!(%error, "could not compare the schedules with the monitors; trying again in 1 s");
                tokio::time::sleep(RETRY).await;
            }
        }
    }

    /// Makes all schedules equal to all monitors.
    async fn compare(&self) -> Result<(), Error> {
        if !self.monitors.is_synced() {
            tokio::time::sleep(RETRY).await;
            self.doubt.notify_one();
            return Ok(());
        }
        self.remove_strays().await?;
        stream::iter(self.monitors.all())
            .map(|monitor| async move { self.write_all(&monitor).await })
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await
            .into_iter()
            .collect()
    }

    /// Removes schedules that no monitor asks for.
    async fn remove_strays(&self) -> Result<(), Error> {
        for subject in self.bus.scheduled_subjects(filter::SCHEDULES).await? {
            let Some((id, region)) = subject::parse::schedule_probe(&subject) else {
                continue;
            };
            let monitor = self.monitors.find(id).await?;
            if !monitor.is_some_and(|monitor| is_wanted(&monitor, &region)) {
                self.bus.unschedule(&subject).await?;
            }
        }
        Ok(())
    }

    /// Makes the schedules of one monitor what its description says.
    async fn settle(&self, monitor: &Monitor) -> Result<(), Error> {
        let present = self
            .bus
            .scheduled_subjects(&filter::schedules_of(monitor.id))
            .await?;
        let wanted: HashSet<String> = wanted(monitor)
            .map(|region| subject::schedule_probe(monitor.id, region).to_string())
            .collect();
        for subject in present {
            if !wanted.contains(&subject) {
                self.bus.unschedule(&subject).await?;
            }
        }
        self.write_all(monitor).await
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        match key.parse::<MonitorId>() {
            Ok(id) => Ok(self.bus.unschedule(&filter::schedules_of(id)).await?),
            Err(_) => Ok(()),
        }
    }

    async fn write_all(&self, monitor: &Monitor) -> Result<(), Error> {
        for region in wanted(monitor) {
            self.write(monitor, region).await?;
        }
        Ok(())
    }

    async fn write(&self, monitor: &Monitor, region: &Region) -> Result<(), Error> {
        let interval_s = monitor.spec.check.interval_s;
        let cron = cron::expression(interval_s, ticks::phase(monitor.id, region, interval_s));
        let on = subject::schedule_probe(monitor.id, region);
        let job = job(monitor, region);
        let present: Option<Scheduled<Job>> = self.bus.scheduled(&on).await?;
        if present.is_some_and(|present| suffices(&present, &cron, &job)) {
            return Ok(());
        }
        let lifetime = Duration::from_secs(u64::from(interval_s));
        let target = subject::probe_due(region, monitor.id);
        Ok(self
            .bus
            .schedule(&on, &target, &cron, lifetime, &job)
            .await?)
    }
}

/// Where a monitor is looked at from. A heartbeat is awaited instead.
fn wanted(monitor: &Monitor) -> impl Iterator<Item = &Region> {
    let spec = &monitor.spec;
    let looks = !spec.paused && !spec.is_heartbeat();
    spec.regions.iter().filter(move |_| looks)
}

fn is_wanted(monitor: &Arc<Monitor>, region: &Region) -> bool {
    wanted(monitor).any(|wanted| wanted == region)
}

fn job(monitor: &Monitor, region: &Region) -> Job {
    Job {
        monitor: monitor.id,
        tenant: monitor.tenant,
        revision: monitor.revision,
        region: region.clone(),
        check: monitor.spec.check.clone(),
    }
}

/// Whether a schedule need not be written again: it is the same, or made from what this instance has not heard of yet.
fn suffices(present: &Scheduled<Job>, cron: &str, job: &Job) -> bool {
    present
        .body
        .as_ref()
        .is_some_and(|body| body.revision > job.revision || (present.cron == cron && body == job))
}
