//! What full observability costs: the same load with every trace, metric and log exported to our own ingress and stored, and
//! without any of it.
//!
//! Both environments are there all the time and take turns, so that what the machine does besides weighs on both.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use system_tests::bench::{Better, Report};
use system_tests::environment::Plan;
use system_tests::fleet::drive::{Format, Taken, Target};
use system_tests::fleet::{self, Shard};
use system_tests::process::Cpu;
use system_tests::story::say;
use system_tests::{Environment, drained};

const HOSTS: usize = 200;
const CONNECTIONS: usize = 16;
/// What a host's agent sends at once: sixty series of five seconds. A request is a trace, so small requests are the hard case.
const PER_REQUEST: usize = 300;
const ROUNDS: usize = 4;
const ROUND: Duration = Duration::from_secs(8);

/// One of the two environments.
struct Side {
    environment: Environment,
    target: Target,
    shards: Vec<Shard>,
    /// Acknowledged and committed, in all rounds.
    taken: Taken,
    /// Of each process.
    cpu_s: BTreeMap<String, f64>,
}

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let mut told = Side::up(Plan::default()).await;
    let mut silent = Side::up(Plan {
        silent: true,
        ..Plan::default()
    })
    .await;
    for _ in 0..ROUNDS {
        told.round().await;
        silent.round().await;
    }
    for (process, cpu_s) in &told.cpu_s {
        let (with, without) = (told.per_request_us(*cpu_s), silent.of(process));
        say(&format!(
            "      {process}: {with:.0} us a request, {without:.0} us without telemetry"
        ));
    }
    report.compare(
        "telemetry.samples_per_second",
        told.taken.per_second(),
        "1/s",
        Better::Higher,
        ("without telemetry", silent.taken.per_second()),
    );
    report.compare(
        "telemetry.cpu_us_per_request",
        told.cpu_us_per_request(),
        "us",
        Better::Lower,
        ("without telemetry", silent.cpu_us_per_request()),
    );
    report.add(
        "telemetry.throughput_ratio",
        told.taken.per_second() / silent.taken.per_second(),
        "1",
        Better::Higher,
    );
    told.environment.take_down().await;
    silent.environment.take_down().await;
    report.print();
}

impl Side {
    async fn up(plan: Plan) -> Self {
        let environment = Environment::up(plan).await;
        environment.lift_limits().await;
        let target = Target::new(
            &environment.ingress("/api/v1/metrics"),
            Some(&environment.token()),
            Format::Json,
            PER_REQUEST,
        );
        // Series are registered before, as they are in a system that runs.
        let hosts = fleet::shards("telemetry", HOSTS, CONNECTIONS);
        let (_, shards) = target.flood(hosts, Duration::ZERO).await;
        drained::wait(&environment).await;
        Self {
            environment,
            target,
            shards,
            taken: Taken::default(),
            cpu_s: BTreeMap::new(),
        }
    }

    async fn round(&mut self) {
        let cpus = self.cpus().await;
        let begun = Instant::now();
        let shards = std::mem::take(&mut self.shards);
        let (taken, shards) = self.target.flood(shards, ROUND).await;
        drained::wait(&self.environment).await;
        self.shards = shards;
        self.taken.samples += taken.samples;
        self.taken.refused += taken.refused;
        self.taken.seconds += begun.elapsed().as_secs_f64();
        for (process, cpu) in cpus {
            *self.cpu_s.entry(process).or_default() += cpu.used_s();
        }
    }

    async fn cpus(&self) -> Vec<(String, Cpu)> {
        let pids = self.environment.now().await.pids;
        let each = pids
            .into_iter()
            .map(|(process, pid)| (process, Cpu::of(pid)));
        each.collect()
    }

    /// What a process took for a request, in microseconds.
    fn of(&self, process: &str) -> f64 {
        self.per_request_us(self.cpu_s.get(process).copied().unwrap_or_default())
    }

    fn cpu_us_per_request(&self) -> f64 {
        self.per_request_us(self.cpu_s.values().sum())
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
    fn per_request_us(&self, cpu_s: f64) -> f64 {
        cpu_s * 1e6 * PER_REQUEST as f64 / self.taken.samples as f64
    }
}
