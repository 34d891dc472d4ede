//! How soon people hear of what was pushed: from the push over HTTP to the webhook that tells of it, on a system at rest and
//! on one that judges many rules.

#[path = "alert/many.rs"]
mod many;
#[path = "alert/probe.rs"]
mod probe;

use std::time::Duration;

use contract::access;
use system_tests::Environment;
use system_tests::bench::{Better, Report, quantile_ms};
use system_tests::environment::Plan;
use system_tests::process::Cpu;
use system_tests::story::say;
use tokio::task::JoinSet;

use probe::Probe;

/// Alerts that are opened or resolved, one after the other.
const NOTICES: usize = if cfg!(debug_assertions) { 20 } else { 300 };

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let environment = Environment::up(Plan::default()).await;
    let mut probe = Probe::new(&environment).await;
    let at_rest = probe.notices(NOTICES).await;
    tell(&mut report, "alert.push_to_delivery", at_rest);

    many::describe(&environment).await;
    let mut load = JoinSet::new();
    load.spawn(many::push(&environment));
    // Until all rules have read what they look at.
    probe.notices(NOTICES / 10 + 1).await;
    let pid = environment.now().await.pids[access::PROCESSOR];
    let cpu = Cpu::of(pid);
    let loaded = probe.notices(NOTICES).await;
    let percent = cpu.percent();
    assert!(load.try_join_next().is_none(), "the load ended too soon");
    tell(&mut report, "alert.many_rules_push_to_delivery", loaded);
    report.add("alert.many_rules_cpu_percent", percent, "%", Better::Lower);
    load.shutdown().await;
    environment.take_down().await;
    report.print();
}

fn tell(report: &mut Report, name: &str, mut times: Vec<Duration>) {
    say(&format!("      {} notices", times.len()));
    for (label, share) in [("p50", 0.5), ("p99", 0.99)] {
        let name = format!("{name}_{label}_ms");
        report.add(&name, quantile_ms(&mut times, share), "ms", Better::Lower);
    }
}
