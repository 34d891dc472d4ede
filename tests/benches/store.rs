//! The store as a process of its own between a real nats-server and a real Postgres that keeps its promises (fsync is on).

#[path = "store/drain.rs"]
mod drain;
#[path = "store/fleet.rs"]
mod fleet;
#[path = "store/rig.rs"]
mod rig;
#[path = "store/rows.rs"]
mod rows;
#[path = "store/sizes.rs"]
mod sizes;
#[path = "store/year.rs"]
mod year;

use rig::Rig;
use system_tests::bench::Report;

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let mut rig = Rig::new().await;
    drain::measure(&mut rig, &mut report).await;
    rig.end().await;
    let mut rig = Rig::new().await;
    sizes::measure(&mut rig, &mut report).await;
    rig.end().await;
    let rig = Rig::new().await;
    rows::measure(&rig, &mut report).await;
    rig.end().await;
    let mut rig = Rig::new().await;
    year::measure(&mut rig, &mut report).await;
    rig.end().await;
    report.print();
}
