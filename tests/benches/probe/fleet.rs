//! Many monitors in their rhythm: how late their ticks are begun, and what that costs.

use std::time::Duration;

use contract::access;
use contract::id::Region;
use contract::monitor::Monitor;
use contract::probe::{Finished, Outcome};
use contract::stream;
use contract::subject::filter;
use futures_util::{StreamExt as _, stream as futures};
use testkit::eventually;

use crate::stage::Stage;
use crate::target;
use system_tests::process::{Cpu, Running};

const SCHEDULED: Duration = Duration::from_mins(1);
const WRITERS: usize = 16;
/// Intervals that are watched.
const INTERVALS: u32 = 2;

pub(crate) struct Fleet {
    pub(crate) monitors: usize,
    pub(crate) regions: Vec<Region>,
    pub(crate) interval_s: u32,
}

/// What was seen of it.
pub(crate) struct Outcomes {
    /// From the tick to the start of its check.
    pub(crate) late: Vec<Duration>,
    /// Ticks that failed or were missed.
    pub(crate) unchecked: f64,
    pub(crate) prober_percent: f64,
    pub(crate) processor_percent: f64,
    pub(crate) nats_percent: f64,
}

impl Fleet {
    /// One prober in all regions, one processor, one NATS server.
    pub(crate) async fn run(self) -> Outcomes {
        let mut stage = Stage::set(self.regions.clone()).await;
        let processor = Running::service(access::PROCESSOR, &stage.nats, &[]).await;
        let prober = stage.prober().await;
        self.describe(&stage).await;
        let schedules = self.monitors * self.regions.len();
        eventually(SCHEDULED, async || {
            let written = stage.processor.scheduled_subjects(filter::SCHEDULES).await;
            written.is_ok_and(|written| written.len() >= schedules)
        })
        .await;
        while stage.results.try_recv().is_ok() {}

        let (of_prober, of_processor) = (prober.cpu(), processor.cpu());
        let of_nats = Cpu::of(stage.nats.pid());
        tokio::time::sleep(Duration::from_secs((INTERVALS * self.interval_s).into())).await;
        let (prober_percent, processor_percent) = (of_prober.percent(), of_processor.percent());
        let nats_percent = of_nats.percent();
        let mut finished = Vec::new();
        while let Ok(result) = stage.results.try_recv() {
            finished.push(result);
        }
        let expected = schedules * INTERVALS as usize;
        assert!(
            finished.len() * 100 >= expected * 95,
            "{} results of {expected}",
            finished.len()
        );
        let (checked, unchecked): (Vec<_>, Vec<_>) = finished
            .iter()
            .partition(|it| it.outcome == Outcome::Success);
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let unchecked = unchecked.len() as f64;
        Outcomes {
            late: checked.into_iter().map(late).collect(),
            unchecked,
            prober_percent,
            processor_percent,
            nats_percent,
        }
    }

    async fn describe(&self, stage: &Stage) {
        let target = target::start();
        let bucket = stage.store.bucket::<Monitor>(stream::MONITORS).await;
        futures::iter(0..self.monitors)
            .for_each_concurrent(WRITERS, |_| async {
                let monitor = stage.monitor(&target, self.interval_s);
                let written = bucket.put(&monitor.id.to_string(), &monitor).await;
                written.expect("the store may write monitors");
            })
            .await;
    }
}

fn late(result: &Finished) -> Duration {
    (result.started_at - result.tick_at)
        .to_std()
        .unwrap_or_default()
}
