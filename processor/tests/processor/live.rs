//! What open pages are told.

use contract::access;
use contract::live::Update;
use contract::metric::{Batch, Kind, Series};
use contract::monitor::State;
use contract::subject;
use futures_util::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::stage::{A, DEADLINE, Stage, ago};

#[tokio::test]
async fn samples_are_shown_as_they_arrive() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let stop = CancellationToken::new();
    let page = stage.nats.bus(access::FRONTEND, &stop).await;
    let mut updates = std::pin::pin!(page.live(stage.tenant).await.expect("a page may listen"));
    page.flush().await;
    let ingress = stage.nats.bus(access::INGRESS, &stop).await;
    let series = Series {
        name: "cpu".to_owned(),
        labels: [("host".to_owned(), "a".to_owned())].into(),
        kind: Kind::Gauge,
        unit: None,
        points: vec![(1, 0.5), (2, 0.75)],
    };
    let batch = Batch {
        received_ms: ago(0).timestamp_millis(),
        series: vec![series.clone()],
    };
    let on = subject::metrics_accepted(stage.tenant);
    ingress
        .publish_packed(&on, "batch-1", &batch)
        .await
        .expect("ingress may publish samples");
    let update = tokio::time::timeout(DEADLINE, updates.next())
        .await
        .expect("in time");
    assert_eq!(
        update,
        Some(Update::Samples {
            series: vec![series]
        })
    );
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn every_check_and_every_incident_is_shown() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let stop = CancellationToken::new();
    let page = stage.nats.bus(access::FRONTEND, &stop).await;
    let mut updates = std::pin::pin!(page.live(stage.tenant).await.expect("a page may listen"));
    page.flush().await;
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    let (mut states, mut first) = (Vec::new(), None);
    loop {
        let update = tokio::time::timeout(DEADLINE, updates.next()).await;
        match update.expect("in time").expect("a connection") {
            // Of a sweep, which is no check.
            Update::Monitor(update) if update.region.is_none() => {}
            Update::Monitor(update) => {
                assert_eq!(update.total_time_ms, Some(12.5));
                first.get_or_insert_with(|| update.region.clone());
                states.push(update.status.state);
            }
            Update::Incident { open, title, .. } => {
                assert_eq!((open, title.as_str()), (true, "Public API is down"));
                break;
            }
            other => panic!("nobody asked for {other:?}"),
        }
    }
    assert_eq!(states.len(), 6, "one update for each check: {states:?}");
    assert_eq!(states.last(), Some(&State::Down));
    assert_eq!(first.flatten(), Some(A.parse().expect("a region")));
    processor.stop().await;
    stage.strike().await;
}
