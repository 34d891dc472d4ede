//! How much ingress takes, how quickly it answers, and how that compares with others on the same machine.
//!
//! The load generator, NATS, Postgres and all services share the machine. A sample counts when it was acknowledged and is
//! in the database.

#[path = "ingest/peers.rs"]
mod peers;

use std::time::{Duration, Instant};

use system_tests::Environment;
use system_tests::bench::{Better, Report, quantile_ms};
use system_tests::drained;
use system_tests::environment::Plan;
use system_tests::fleet::drive::{Format, Taken, Target};
use system_tests::fleet::{self, Shard};
use system_tests::memory::{peak_mib, resident_mib};
use system_tests::stored;
use system_tests::story::say;

/// 12 000 series: each host measures once a second at 12 000 samples/s, and more often beyond.
const HOSTS: usize = 200;
const CONNECTIONS: usize = 16;
/// As many as Prometheus sends at once.
const PER_REQUEST: usize = 2_000;
/// Small enough for many answers: hosts push by themselves.
const PER_PACED_REQUEST: usize = 500;
const FLOOD: Duration = Duration::from_secs(20);
const PACED: Duration = Duration::from_secs(20);
/// Servers and services.
const OURS: [&str; 7] = [
    "ingress",
    "processor",
    "store",
    "frontend",
    "prober",
    "nats-server",
    "postgres",
];

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let victoria_metrics = peers::victoria_metrics().await;
    let prometheus = peers::prometheus().await;
    let environment = Environment::up(Plan::default()).await;
    environment.lift_limits().await;
    let ours = flood(&environment, "rw", Format::RemoteWrite, &mut report).await;
    report.add(
        "ingest.to_victoriametrics_ratio",
        ours / victoria_metrics,
        "1",
        Better::Higher,
    );
    report.add(
        "ingest.to_prometheus_ratio",
        ours / prometheus,
        "1",
        Better::Higher,
    );
    paced(&environment, ours / 2.0, &mut report).await;
    flood(&environment, "json", Format::Json, &mut report).await;
    memory(&environment, &mut report).await;
    environment.take_down().await;
    report.print();
}

/// The hosts of one measurement, dealt out to connections.
fn hosts(prefix: &str) -> Vec<Shard> {
    fleet::shards(prefix, HOSTS, CONNECTIONS)
}

/// Samples a second that were acknowledged and committed, as fast as they are taken.
async fn flood(
    environment: &Environment,
    prefix: &str,
    format: Format,
    report: &mut Report,
) -> f64 {
    let target = target(environment, format, PER_REQUEST);
    // Series are registered before, as they are in a system that runs.
    let (_, shards) = target.flood(hosts(prefix), Duration::ZERO).await;
    drained::wait(environment).await;
    let before = count(environment, prefix).await;
    let begun = Instant::now();
    let (taken, _) = target.flood(shards, FLOOD).await;
    drained::wait(environment).await;
    let committed = Taken {
        seconds: begun.elapsed().as_secs_f64(),
        ..taken
    };
    let stored = count(environment, prefix).await - before;
    let sent = i64::try_from(taken.samples).expect("few samples");
    assert_eq!(stored, sent, "every acknowledged sample is stored once");
    say(&format!(
        "      {prefix}: {} samples acknowledged in {:.1} s and committed after {:.1} s, {} requests put off",
        taken.samples, taken.seconds, committed.seconds, taken.refused
    ));
    let names = match format {
        Format::RemoteWrite => (
            "ingest.samples_per_second",
            "ingest.acknowledged_per_second",
        ),
        Format::Json => (
            "ingest.json_samples_per_second",
            "ingest.json_acknowledged_per_second",
        ),
    };
    report.add(names.0, committed.per_second(), "1/s", Better::Higher);
    report.add(names.1, taken.per_second(), "1/s", Better::Higher);
    committed.per_second()
}

/// How long an acknowledgement takes at a steady load.
async fn paced(environment: &Environment, per_second: f64, report: &mut Report) {
    let target = target(environment, Format::RemoteWrite, PER_PACED_REQUEST);
    let (_, shards) = target.flood(hosts("paced"), Duration::ZERO).await;
    drained::wait(environment).await;
    let (mut times, taken) = target.pace(shards, per_second, PACED).await;
    assert_eq!(taken.refused, 0, "half of what it takes is never put off");
    say(&format!(
        "      paced: {:.0} samples/s, {} requests",
        taken.per_second(),
        times.len()
    ));
    report.add(
        "ingest.ack_p50_ms",
        quantile_ms(&mut times, 0.5),
        "ms",
        Better::Lower,
    );
    report.add(
        "ingest.ack_p99_ms",
        quantile_ms(&mut times, 0.99),
        "ms",
        Better::Lower,
    );
    drained::wait(environment).await;
}

async fn memory(environment: &Environment, report: &mut Report) {
    let pids = environment.now().await.pids;
    let mut total = 0.0;
    for name in OURS {
        let own = pids.iter().filter(|(process, _)| process.starts_with(name));
        for (process, pid) in own {
            let (now, peak) = (resident_mib(*pid), peak_mib(*pid));
            say(&format!(
                "      {process}: {now:.0} MiB, at most {peak:.0} MiB"
            ));
            total += now;
        }
    }
    report.add("ingest.memory_mib", total, "MiB", Better::Lower);
}

fn target(environment: &Environment, format: Format, per_request: usize) -> Target {
    let path = match format {
        Format::RemoteWrite => "/api/v1/write",
        Format::Json => "/api/v1/metrics",
    };
    Target::new(
        &environment.ingress(path),
        Some(&environment.token()),
        format,
        per_request,
    )
}

async fn count(environment: &Environment, prefix: &str) -> i64 {
    let database = environment.database().await;
    let stored = stored::of_label(&database, &environment.tenant(), "instance", prefix).await;
    database.close().await;
    stored.expect("the database answers")
}
