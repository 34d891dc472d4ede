//! A backlog of due checks, drained by one prober.

use std::time::{Duration, Instant};

use contract::probe::{Finished, Job, Outcome};
use contract::{access, stream, subject};
use futures_util::{StreamExt as _, TryStreamExt as _, stream as futures};
use system_tests::api::now_ms;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

use crate::cost::Cost;
use crate::stage::Stage;

const DUE: Duration = Duration::from_secs(90);
const DONE: Duration = Duration::from_mins(2);
/// Schedules written at the same time, and how many of them a second allows for.
const WRITERS: usize = 64;
const WRITTEN_PER_SECOND: usize = 2_000;
const A_MINUTE_S: u32 = 60;

/// From the start of the prober to the last result, its own start included.
pub(crate) async fn measure(target: &str, checks: usize) -> Cost {
    let mut stage = Stage::set(vec!["eu-central".parse().expect("a region")]).await;
    schedule(&stage, target, checks).await;
    let durable = stream::prober(&stage.regions[0]);
    let prober = stage
        .nats
        .bus(access::PROBER, &CancellationToken::new())
        .await;
    eventually(DUE, async || {
        let waiting = prober.backlog(&durable).await.unwrap_or_default();
        usize::try_from(waiting).is_ok_and(|waiting| waiting >= checks)
    })
    .await;
    let begun = Instant::now();
    let prober = stage.prober().await;
    let finished = collect(&mut stage, checks).await;
    let took = begun.elapsed();
    let failed: Vec<&Finished> = finished
        .iter()
        .filter(|it| it.outcome != Outcome::Success)
        .collect();
    assert!(
        failed.is_empty(),
        "{} failed: {:?}",
        failed.len(),
        failed.first()
    );
    Cost {
        checks,
        took,
        cpu_s: prober.cpu().total_s(),
    }
}

/// All are due in the same second, and for a minute.
async fn schedule(stage: &Stage, target: &str, checks: usize) {
    let region = &stage.regions[0];
    let ahead = i64::try_from(checks / WRITTEN_PER_SECOND + 3).expect("small");
    let second = (now_ms() / 1_000 + ahead).rem_euclid(60);
    let cron = format!("{second} * * * * *");
    let write = |_| {
        let cron = cron.clone();
        async move {
            let monitor = stage.monitor(target, A_MINUTE_S);
            let job = Job {
                monitor: monitor.id,
                tenant: monitor.tenant,
                revision: 1,
                region: region.clone(),
                check: monitor.spec.check,
            };
            let on = subject::schedule_probe(job.monitor, region);
            let due = subject::probe_due(region, job.monitor);
            let lifetime = Duration::from_secs(A_MINUTE_S.into());
            stage
                .processor
                .schedule(&on, &due, &cron, lifetime, &job)
                .await
        }
    };
    futures::iter(0..checks)
        .map(write)
        .buffer_unordered(WRITERS)
        .try_collect::<Vec<()>>()
        .await
        .expect("the processor may write schedules");
}

async fn collect(stage: &mut Stage, checks: usize) -> Vec<Finished> {
    let all = async {
        let mut finished = Vec::new();
        while finished.len() < checks {
            finished.extend(stage.results.recv().await);
        }
        finished
    };
    tokio::time::timeout(DONE, all)
        .await
        .expect("all checks are done")
}
