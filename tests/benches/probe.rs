//! What a check costs, beside `blackbox_exporter` on the same target; and how punctual a fleet of monitors is.

#[path = "probe/blackbox.rs"]
mod blackbox;
#[path = "probe/burst.rs"]
mod burst;
#[path = "probe/cost.rs"]
mod cost;
#[path = "probe/fleet.rs"]
mod fleet;
#[path = "probe/stage.rs"]
mod stage;
#[path = "probe/target.rs"]
mod target;

use contract::region::PLACES;
use system_tests::bench::{Better, Report, quantile_ms};

use blackbox::Blackbox;
use cost::Cost;
use fleet::Fleet;

/// Unoptimised it is only to be seen that it works.
const QUICK: bool = cfg!(debug_assertions);
const CHECKS: usize = if QUICK { 300 } else { 20_000 };
const ROUNDS: usize = if QUICK { 1 } else { 3 };
const MONITORS: usize = if QUICK { 30 } else { 1_000 };
const INTERVAL_S: u32 = if QUICK { 5 } else { 30 };
const REGIONS: [&str; 3] = ["eu-central", "us-east", "ap-south"];

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    checks(&mut report).await;
    let regions = REGIONS.map(|region| region.parse().expect("a region"));
    fleet(
        &mut report,
        "",
        Fleet {
            monitors: MONITORS,
            regions: regions.to_vec(),
            interval_s: INTERVAL_S,
        },
    )
    .await;
    let everywhere = PLACES.map(|place| place.region.parse().expect("a region"));
    let monitors = MONITORS * REGIONS.len() / PLACES.len();
    fleet(
        &mut report,
        "everywhere_",
        Fleet {
            monitors,
            regions: everywhere.to_vec(),
            interval_s: INTERVAL_S,
        },
    )
    .await;
    report.print();
}

/// The same checks of the same target, by us and by the reference in turn: the round in the middle by what a check costs.
async fn checks(report: &mut Report) {
    let target = target::start();
    let blackbox = Blackbox::start(&target).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let ours = burst::measure(&target, CHECKS).await;
        rounds.push((ours, blackbox.measure(CHECKS).await));
    }
    let relative = |(ours, theirs): &(Cost, Cost)| ours.cpu_us() / theirs.cpu_us();
    rounds.sort_by(|one, other| relative(one).total_cmp(&relative(other)));
    let (ours, theirs) = &rounds[ROUNDS / 2];
    report.compare(
        "probe.checks_per_second",
        ours.per_second(),
        "1/s",
        Better::Higher,
        ("blackbox_exporter", theirs.per_second()),
    );
    report.compare(
        "probe.cpu_us_per_check",
        ours.cpu_us(),
        "us",
        Better::Lower,
        ("blackbox_exporter", theirs.cpu_us()),
    );
}

async fn fleet(report: &mut Report, which: &str, fleet: Fleet) {
    let mut outcome = fleet.run().await;
    let mut add = |what: &str, value: f64, unit: &str| {
        report.add(&format!("probe.{which}{what}"), value, unit, Better::Lower);
    };
    add(
        "tick_late_p50_ms",
        quantile_ms(&mut outcome.late, 0.5),
        "ms",
    );
    add(
        "tick_late_p99_ms",
        quantile_ms(&mut outcome.late, 0.99),
        "ms",
    );
    add(
        "tick_late_max_ms",
        quantile_ms(&mut outcome.late, 1.0),
        "ms",
    );
    add("ticks_without_check", outcome.unchecked, "1");
    add("fleet_cpu_percent", outcome.prober_percent, "%");
    add(
        "fleet_processor_cpu_percent",
        outcome.processor_percent,
        "%",
    );
    add("fleet_nats_cpu_percent", outcome.nats_percent, "%");
}
