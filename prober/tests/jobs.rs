//! From a schedule to its results, on a real nats-server.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::id::{MonitorId, Partition, Region, TenantId};
use contract::probe::{Finished, Job, Outcome};
use contract::region::Heartbeat;
use contract::{stream, subject};
use prober::{Args, Measuring};
use serde_json::json;
use service::Context;
use testkit::target::{Answer, Server};
use testkit::{Nats, Process, eventually, nats};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Generous: a schedule that was written a moment too late ticks a minute later.
const PATIENCE: Duration = Duration::from_secs(90);
const AN_HOUR: Duration = Duration::from_hours(1);

/// A deployment with one region that matters, and everything the test talks to it with.
struct Stage {
    nats: Nats,
    processor: Bus,
    results: mpsc::UnboundedReceiver<Finished>,
    target: Server,
    monitor: MonitorId,
    tenant: TenantId,
    region: Region,
    tasks: JoinSet<()>,
}

impl Stage {
    async fn set() -> Self {
        let nats = nats().await;
        nats.provision().await;
        let stop = CancellationToken::new();
        let (tenant, region) = (TenantId::generate(), nats::regions().remove(0));
        let store = nats.bus(access::STORE, &stop).await;
        let (sender, results) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let durable = stream::store_probes(Partition::of(tenant));
            let collect = move |message: std::sync::Arc<bus::Message<Finished>>| {
                let sent = sender.send(message.body.clone());
                std::future::ready(sent.map_err(|error| bus::Failure::retry(&error)))
            };
            bus::consume(&store, &durable, 1, &stop, collect).await;
        });
        Self {
            processor: nats.bus(access::PROCESSOR, &CancellationToken::new()).await,
            nats,
            results,
            target: Server::http().await,
            monitor: MonitorId::generate(),
            tenant,
            region,
            tasks,
        }
    }

    /// Writes the monitor's schedule; a tick that nobody took stays for a minute.
    async fn schedule(&self, cron: &str, interval_s: u32) {
        let check =
            json!({"target": self.target.url("/"), "interval_s": interval_s, "timeout_ms": 60_000});
        let job = Job {
            monitor: self.monitor,
            tenant: self.tenant,
            revision: 1,
            region: self.region.clone(),
            check: serde_json::from_value(check).expect("a check"),
        };
        let schedule = subject::schedule_probe(self.monitor, &self.region);
        let due = subject::probe_due(&self.region, self.monitor);
        self.processor
            .schedule(&schedule, &due, cron, Duration::from_mins(1), &job)
            .await
            .expect("the processor may write schedules");
    }

    /// One tick within the next seconds and none other during the test. Returns its second of the minute.
    async fn schedule_soon(&self) -> i64 {
        let second = (service::now().timestamp() + 2).rem_euclid(60);
        self.schedule(&format!("{second} * * * * *"), 60).await;
        second
    }

    async fn unschedule(&self) {
        let schedules = subject::filter::schedules_of(self.monitor);
        self.processor
            .unschedule(&schedules)
            .await
            .expect("the processor may remove schedules");
    }

    fn args(&self) -> Args {
        Args {
            nats: self.nats.args(access::PROBER),
            regions: vec![self.region.clone()],
            concurrency: 64.try_into().expect("not zero"),
            distance_ms: Vec::new(),
            http: None,
            http_token: None,
            measuring: Measuring {
                allow: vec!["127.0.0.0/8".parse().expect("a network")],
                body_limit_bytes: 65_536,
                ..Measuring::default()
            },
        }
    }

    fn start_prober(&mut self) -> Context {
        let ctx = Context::new("prober");
        let (args, life) = (self.args(), ctx.clone());
        self.tasks
            .spawn(async move { prober::serve(args, life).await.expect("the prober serves") });
        ctx
    }

    async fn result(&mut self) -> Finished {
        tokio::time::timeout(PATIENCE, self.results.recv())
            .await
            .expect("a result in time")
            .expect("the collector lives")
    }

    async fn heartbeat(&self, prober: &Context) -> Option<Heartbeat> {
        let frontend = self
            .nats
            .bus(access::FRONTEND, &CancellationToken::new())
            .await;
        let bucket = frontend.bucket::<Heartbeat>(stream::REGIONS).await;
        let key = Heartbeat::new(self.region.clone(), &prober.instance, service::now()).key();
        bucket
            .get(&key)
            .await
            .expect("an answer")
            .map(|entry| entry.value)
    }

    async fn is_asked(&self, times: usize) {
        eventually(PATIENCE, async || self.target.requests().len() >= times).await;
    }
}

#[tokio::test]
async fn every_tick_has_one_result_that_two_probers_share() {
    let mut stage = Stage::set().await;
    let one = stage.start_prober();
    let two = stage.start_prober();
    stage.schedule("*/2 * * * * *", 2).await;
    let mut ticks = BTreeSet::new();
    while ticks.len() < 3 {
        let result = stage.result().await;
        assert_ne!(result.outcome, Outcome::Failure, "{result:?}");
        assert_eq!(
            (result.monitor, result.tenant),
            (stage.monitor, stage.tenant)
        );
        assert_eq!(
            result.tick_at.timestamp_subsec_nanos(),
            0,
            "a tick is a scheduled instant"
        );
        assert!(result.started_at >= result.tick_at, "{result:?}");
        assert!(
            ticks.insert(result.tick_at),
            "a second result of {}",
            result.tick_at
        );
    }
    one.shutdown.cancel();
    two.shutdown.cancel();
}

#[tokio::test]
async fn a_dead_probers_job_is_taken_over_with_the_same_key() {
    let mut stage = Stage::set().await;
    stage.target.answer(Answer {
        first_byte_delay: AN_HOUR,
        ..Answer::default()
    });
    let doomed = tokio::runtime::Runtime::new().expect("a runtime");
    let args = stage.args();
    doomed.spawn(async move { prober::serve(args, Context::new("prober")).await });
    let second = stage.schedule_soon().await;
    stage.is_asked(1).await;
    doomed.shutdown_background();

    stage.target.answer(Answer::default());
    let heir = stage.start_prober();
    let result = stage.result().await;
    assert_eq!(result.outcome, Outcome::Success, "{result:?}");
    assert_eq!(result.prober, heir.instance);
    assert_eq!(result.tick_at.timestamp().rem_euclid(60), second);
    assert!(result.started_at > result.tick_at);
    heir.shutdown.cancel();
}

#[tokio::test]
async fn a_prober_that_is_told_to_stop_finishes_what_it_began() {
    let mut stage = Stage::set().await;
    stage.target.answer(Answer {
        first_byte_delay: Duration::from_millis(300),
        ..Answer::default()
    });
    let prober = stage.start_prober();
    let heartbeat = eventually(PATIENCE, async || stage.heartbeat(&prober).await).await;
    assert_eq!(heartbeat.city.as_deref(), Some("Frankfurt"));
    stage.schedule_soon().await;
    stage.is_asked(1).await;
    prober.shutdown.cancel();
    let result = stage.result().await;
    assert_eq!(result.outcome, Outcome::Success, "{result:?}");
    prober.tasks.close();
    prober.tasks.wait().await;
    assert_eq!(
        stage.heartbeat(&prober).await,
        None,
        "it took its heartbeat back"
    );
}

#[tokio::test]
async fn a_prober_that_is_told_to_stop_hands_back_what_takes_too_long() {
    let mut stage = Stage::set().await;
    stage.target.answer(Answer {
        first_byte_delay: AN_HOUR,
        ..Answer::default()
    });
    let leaving = stage.start_prober();
    stage.schedule_soon().await;
    stage.is_asked(1).await;
    stage.target.answer(Answer::default());
    leaving.shutdown.cancel();
    let heir = stage.start_prober();
    let result = stage.result().await;
    assert_eq!(result.outcome, Outcome::Success, "{result:?}");
    assert_eq!(result.prober, heir.instance);
    leaving.tasks.close();
    leaving.tasks.wait().await;
    heir.shutdown.cancel();
}

#[tokio::test]
async fn without_its_durable_a_prober_is_not_ready() {
    let nats = nats().await;
    let regions = nats::regions();
    let deployer = nats.bus(access::DEPLOYER, &CancellationToken::new()).await;
    bus::provision(&deployer, &regions[1..], 1)
        .await
        .expect("provisioned");
    let words = [
        "--nats-url",
        &nats.url(),
        "--nats-password",
        &nats.password(access::PROBER),
        "--regions",
        regions[0].as_str(),
    ];
    let mut prober = Process::launch("prober", prober::serve, testkit::args::<Args>(&words));
    let jobs_missing = tokio::time::timeout(Duration::from_secs(2), prober.context().all_ready());
    assert!(jobs_missing.await.is_err(), "ready without jobs");
    nats.provision().await;
    prober.ready().await;
    prober.stop().await;
}

#[tokio::test]
async fn a_tick_whose_successor_is_due_is_recorded_as_missed() {
    let mut stage = Stage::set().await;
    stage.schedule("* * * * * *", 1).await;
    let bus = stage
        .nats
        .bus(access::PROBER, &CancellationToken::new())
        .await;
    let due = stream::prober(&stage.region);
    eventually(PATIENCE, async || {
        bus.backlog(&due).await.is_ok_and(|waiting| waiting > 0)
    })
    .await;
    stage.unschedule().await;
    let last = service::now();
    let overdue_at = last + chrono::TimeDelta::seconds(3);
    eventually(PATIENCE, async || service::now() > overdue_at).await;
    let prober = stage.start_prober();
    let result = stage.result().await;
    assert_eq!(result.outcome, Outcome::Missed, "{result:?}");
    assert!(result.tick_at <= last, "{result:?}");
    assert!(
        result
            .message
            .is_some_and(|message| message.starts_with("picked up"))
    );
    assert!(stage.target.requests().is_empty(), "nothing was checked");
    prober.shutdown.cancel();
}
