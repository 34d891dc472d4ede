//! How long `preview up` takes on a warm build, and what the system needs at rest.

use std::time::{Duration, Instant};

use system_tests::Environment;
use system_tests::bench::{Better, Report};
use system_tests::environment::Plan;
use system_tests::memory::resident_mib;

const SERVICES: [&str; 5] = ["ingress", "processor", "store", "frontend", "prober"];
/// Long enough for caches to fill and start-up memory to be given back.
const REST: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let begun = Instant::now();
    let first = Environment::up(Plan::default()).await;
    first_page(&first).await;
    report.add(
        "up.first_page_s",
        begun.elapsed().as_secs_f64(),
        "s",
        Better::Lower,
    );
    let begun = Instant::now();
    let second = Environment::up(Plan::default()).await;
    first_page(&second).await;
    report.add(
        "up.second_env_s",
        begun.elapsed().as_secs_f64(),
        "s",
        Better::Lower,
    );
    second.take_down().await;
    tokio::time::sleep(REST).await;
    report.add(
        "memory.services_mib",
        memory_mib(&first).await,
        "MiB",
        Better::Lower,
    );
    first.take_down().await;
    report.print();
}

async fn first_page(environment: &Environment) {
    let answer = testkit::http::client()
        .get(environment.status_page())
        .send();
    let answer = answer.await.expect("the status page answers");
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// Resident memory of the five services together.
async fn memory_mib(environment: &Environment) -> f64 {
    let pids = environment.now().await.pids;
    let one = |service: &str| {
        let pid = pids.iter().find(|(name, _)| name.starts_with(service));
        resident_mib(*pid.expect("every service runs").1)
    };
    SERVICES.into_iter().map(one).sum()
}
