//! What the agent costs a host, with its defaults.

use std::time::Duration;

use system_tests::Environment;
use system_tests::agent::Agent;
use system_tests::bench::{Better, Report};
use system_tests::environment::Plan;
use system_tests::memory::resident_mib;
use system_tests::process::Cpu;

/// Until its buffers have their size.
const WARM: Duration = Duration::from_secs(15);
const MEASURED: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let environment = Environment::up(Plan::default()).await;
    let agent = Agent::start(&environment, "measured", &["--process", "postgres"]).await;
    tokio::time::sleep(WARM).await;
    let before = Cpu::of(agent.pid());
    tokio::time::sleep(MEASURED).await;
    report.add("agent.cpu_percent", before.percent(), "%", Better::Lower);
    report.add(
        "agent.resident_mib",
        resident_mib(agent.pid()),
        "MiB",
        Better::Lower,
    );
    agent.stop().await;
    environment.take_down().await;
    report.print();
}
