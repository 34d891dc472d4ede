//! One due check: run, published, and only then acknowledged.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Failure, Message};
use chrono::{DateTime, Utc};
use contract::fault::{Kind, Settings};
use contract::probe::{Finished, Job, Outcome, Reason};
use contract::subject;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::check::{Engine, Report};
use crate::metrics::Metrics;
use crate::tick;

/// Does the jobs of one region.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) bus: Bus,
    pub(crate) engine: Arc<Engine>,
    pub(crate) metrics: Arc<Metrics>,
    /// Shared by all regions of the process.
    pub(crate) places: Arc<Semaphore>,
    /// Cancelled when nothing may be begun any more.
    pub(crate) stop: CancellationToken,
    /// Cancelled when what was begun can no longer be finished: another prober has to do it.
    pub(crate) hand_back: CancellationToken,
    pub(crate) instance: Arc<str>,
    /// The region's simulated round trip; zero for none.
    pub(crate) distance: Duration,
}

impl Worker {
    /// Never refuses a job: what cannot be checked is a result, too.
    pub(crate) async fn process(self, message: Arc<Message<Job>>) -> Result<(), Failure> {
        let _place = tokio::select! {
            place = self.places.acquire() => place.map_err(|error| Failure::retry(&error))?,
            () = self.stop.cancelled() => return Err(handed_back()),
        };
        let job = &message.body;
        tokio::select! {
            () = self.stall(job) => {}
            () = self.stop.cancelled() => return Err(handed_back()),
        }
        let tick_at = tick::due_at(
            message.header(tick::NEXT),
            job.check.interval_s,
            message.published_at,
        );
        let started_at = service::now();
        let report = if tick::is_too_late(tick_at, job.check.interval_s, started_at) {
            too_late(started_at - tick_at)
        } else {
            tokio::select! {
                report = self.look(job) => report,
                () = self.hand_back.cancelled() => return Err(handed_back()),
            }
        };
        let finished = self.finished(job, tick_at, started_at, report);
        let subject = subject::probe_finished(job.tenant, &job.region, job.monitor);
        self.bus
            .publish(&subject, &finished.message_id(), &finished)
            .await
            .map_err(|error| Failure::retry(&error))?;
        self.metrics.finished(&finished);
        Ok(())
    }

    /// Makes the check, unless the region is cut off on purpose.
    async fn look(&self, job: &Job) -> Report {
        let outage = self.bus.faults().find(Kind::RegionOutage);
        if outage.is_some_and(|outage| outage.means_region(&job.region)) {
            return cut_off();
        }
        self.engine.run(&job.check, self.distance).await
    }

    /// Waits while probers of this region are to do nothing.
    async fn stall(&self, job: &Job) {
        let is_meant = |settings: &Settings| settings.means_region(&job.region);
        let faults = self.bus.faults();
        faults.outlast(Kind::ProberStalled, is_meant).await;
    }

    fn finished(
        &self,
        job: &Job,
        tick_at: DateTime<Utc>,
        started_at: DateTime<Utc>,
        report: Report,
    ) -> Finished {
        Finished {
            monitor: job.monitor,
            tenant: job.tenant,
            region: job.region.clone(),
            tick_at,
            started_at,
            prober: self.instance.to_string(),
            outcome: report.outcome,
            reason: report.reason,
            message: report.message,
            status_code: report.status_code,
            timings: report.timings,
            hops: report.hops,
            certificate: report.certificate,
            simulated: !self.distance.is_zero(),
            trace: None,
        }
    }
}

/// For another prober, at once.
fn handed_back() -> Failure {
    Failure::Retry {
        after: Duration::ZERO,
        reason: "this prober stops".to_owned(),
    }
}

fn cut_off() -> Report {
    Report {
        outcome: Outcome::Failure,
        reason: Some(Reason::ConnectionError),
        message: Some("the network is unreachable, as the fault region-outage says".to_owned()),
        ..Report::default()
    }
}

fn too_late(delay: chrono::TimeDelta) -> Report {
    Report {
        outcome: Outcome::Missed,
        message: Some(format!(
            "picked up {} s after it was due, when the next check was due already",
            delay.num_seconds()
        )),
        ..Report::default()
    }
}
