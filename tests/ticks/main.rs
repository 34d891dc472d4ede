//! The expected ticks of monitors against the stored ones: no double and no silent hole, whoever is killed or hangs.

mod deployment;
mod table;

use std::time::Duration;

use system_tests::api::now_ms;
use system_tests::story::say;
use testkit::eventually;

use deployment::Deployment;
use table::Table;

/// Until every hole is filled: what a check may take, and the way through a system that was just started again.
const SETTLED: Duration = Duration::from_mins(1);
/// Two of the longer interval.
const HANGING_MS: i64 = 4_000;
const INTERVALS_S: [u32; 4] = [1, 2, 1, 2];

#[tokio::test]
async fn every_expected_tick_is_stored_once() {
    let mut deployment = Deployment::start(&INTERVALS_S).await;
    let (killed, hanging) = (deployment.prober().await, deployment.prober().await);
    whole_until(&deployment, now_ms() + 3_000).await;

    hanging.pause();
    drop(killed);
    passes(HANGING_MS).await;
    hanging.resume();
    deployment.restart_processor().await;
    let successor = deployment.prober().await;
    passes(1_000).await;
    deployment.nats.kill();
    passes(3_000).await;
    deployment.nats.start().await;

    let tables = whole_until(&deployment, now_ms() + 5_000).await;
    let sum = |of: fn(&Table) -> usize| tables.iter().map(of).sum::<usize>();
    let (stored, missed) = (sum(|it| it.ticks.len()), sum(|it| it.missed));
    say(&format!(
        "{stored} ticks expected and stored, {missed} of them missed:"
    ));
    for table in &tables {
        say(&format!("  {table}"));
    }
    assert!(missed > 0, "nothing was disturbed");
    assert!(sum(|it| it.success) > 0, "nothing was checked");
    drop((hanging, successor));
    deployment.stop().await;
}

async fn passes(ms: i64) {
    let begun = now_ms();
    eventually(SETTLED, async || now_ms() > begun + ms).await;
}

/// Waits until each tick up to `end`, in Unix milliseconds, has its result.
async fn whole_until(deployment: &Deployment, end: i64) -> Vec<Table> {
    eventually(SETTLED, || async {
        let tables = deployment.tables().await;
        let tables = tables.map_err(|error| error.to_string())?;
        for table in &tables {
            table.is_whole_until(end)?;
        }
        Ok::<_, String>(tables)
    })
    .await
}
