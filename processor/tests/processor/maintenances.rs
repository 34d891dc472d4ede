//! Planned work: nobody is told, and it counts again when the work is over.

use chrono::{DateTime, TimeDelta, Utc};
use contract::event::Event;
use contract::id::MaintenanceId;
use contract::maintenance::Maintenance;
use contract::monitor::State::{Down, Maintenance as Planned, Up};
use contract::stream;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{A, B, Stage, ago};

#[tokio::test]
async fn an_outage_during_planned_work_is_told_when_it_lasts() {
    let stage = Stage::set().await;
    let monitor = stage.monitor().await;
    let id = MaintenanceId(Uuid::now_v7());
    plan(&stage, id, ago(0) + TimeDelta::hours(1)).await;
    let processor = stage.processor().await;
    let down =
        json!({"name": "Down", "kind": "monitor_state", "monitor": monitor.id, "states": ["down"]});
    stage.rule(&down).await;
    for (age, ok) in [(4, true), (2, false), (1, false)] {
        for region in [A, B] {
            stage.result(&monitor, region, ago(age), ok).await;
        }
    }
    stage.until_states(&monitor, &[Planned]).await;
    assert_eq!(stage.alerts(), []);
    // Sooner than planned.
    let until = ago(0) + TimeDelta::seconds(2);
    plan(&stage, id, until).await;
    stage.until_states(&monitor, &[Planned, Down]).await;
    assert!(ago(0) >= until);
    stage.until_alerts(&["alert-opened"]).await;
    let opened = |event: &Event| match event {
        Event::IncidentOpened(opened) => Some(opened.started_at),
        _ => None,
    };
    let opened: Vec<_> = stage.events().iter().filter_map(opened).collect();
    assert!(opened.len() == 1 && opened[0] >= until, "{opened:?}");
    stage.recovery(&monitor).await;
    let degraded = contract::monitor::State::Degraded;
    stage
        .until_states(&monitor, &[Planned, Down, degraded, Up])
        .await;
    processor.stop().await;
    stage.strike().await;
}

/// Work that began a minute ago.
async fn plan(stage: &Stage, id: MaintenanceId, until: DateTime<Utc>) {
    let work = json!({"id": id, "tenant": stage.tenant, "name": "Upgrade", "repeat": "once",
        "from": ago(60), "to": until});
    let work: Maintenance = serde_json::from_value(work).expect("a window");
    let bucket = stage
        .store
        .bucket::<Maintenance>(stream::MAINTENANCES)
        .await;
    let put = bucket.put(&id.to_string(), &work).await;
    put.expect("the store may write windows");
}
