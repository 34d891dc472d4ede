//! Questions to the store and their answers.

use contract::id::MonitorId;
use contract::rpc::{Caller, Error};
use contract::{access, channel, monitor, query};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{DEADLINE, TENANT, provisioned};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_or_its_typed_error_comes_back() {
    let (nats, _processor) = provisioned().await;
    let (store, stop) = (
        nats.bus(access::STORE, &CancellationToken::new()).await,
        CancellationToken::new(),
    );
    let frontend = nats.bus(access::FRONTEND, &CancellationToken::new()).await;
    let nobody = frontend.ask(&Caller::Visitor, &channel::List::ALL).await;
    assert_eq!(nobody.expect_err("nobody answers"), Error::Unavailable);

    let server = bus::Server::new(&store, "store")
        .on::<channel::Recipients, _, _>(|caller, _| async move {
            match caller {
                Caller::Service { .. } => Ok(vec![]),
                _ => Err(Error::Forbidden),
            }
        })
        .on::<monitor::Delete, _, _>(|_, _| async move { Err(Error::not_found("monitor")) });
    let serving = stop.clone();
    let told = TaskTracker::new().spawn(async move { server.serve(&serving).await });
    let asked = eventually(DEADLINE, || async {
        let answer = frontend
            .ask(&Caller::Service { tenant: TENANT }, &channel::Recipients {})
            .await;
        answer.map_err(|error| error.to_string())
    })
    .await;
    assert_eq!(asked, []);
    let refused = frontend
        .ask(&Caller::Visitor, &channel::Recipients {})
        .await;
    assert_eq!(refused.expect_err("refused"), Error::Forbidden);
    let missing = frontend
        .ask(
            &Caller::Visitor,
            &monitor::Delete {
                id: MonitorId(Uuid::nil()),
            },
        )
        .await;
    assert_eq!(missing.expect_err("missing"), Error::not_found("monitor"));
    stop.cancel();
    told.await.expect("no panic").expect("ends when told to");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_longer_than_a_message_is_packed_or_refused() {
    let (nats, _processor) = provisioned().await;
    let store = nats.bus(access::STORE, &CancellationToken::new()).await;
    let frontend = nats.bus(access::FRONTEND, &CancellationToken::new()).await;
    let stop = CancellationToken::new();
    // Metrics of long names: alike, or such that nothing makes them shorter. Made beforehand, since who asks does not wait long.
    let alike = vec!["x".repeat(100); 20_000];
    let unlike: Vec<String> = (0..50).map(digests).collect();
    let answers = [alike.clone(), unlike];
    let server = bus::Server::new(&store, "store").on::<query::LabelValues, _, _>(
        move |_, request: query::LabelValues| {
            let [alike, unlike] = &answers;
            let values = if request.label == "alike" {
                alike
            } else {
                unlike
            };
            std::future::ready(Ok(values.clone()))
        },
    );
    let serving = stop.clone();
    let told = TaskTracker::new().spawn(async move { server.serve(&serving).await });
    let ask = async |label: &str| {
        let request = query::LabelValues {
            metric: "m".to_owned(),
            label: label.to_owned(),
            prefix: String::new(),
            after: None,
            limit: None,
        };
        frontend.ask(&Caller::Visitor, &request).await
    };
    let packed = eventually(DEADLINE, || async {
        ask("alike").await.map_err(|error| error.to_string())
    })
    .await;
    assert_eq!(packed, alike);
    let refused = ask("unlike").await.expect_err("too long");
    assert!(matches!(refused, Error::Invalid { .. }), "{refused}");
    stop.cancel();
    told.await.expect("no panic").expect("ends when told to");
}

/// Of which nothing can be foretold.
fn digests(number: u128) -> String {
    let digests = (0..1_600).map(|it| {
        let name = (number * 1_600 + it).to_be_bytes();
        Uuid::new_v5(&Uuid::nil(), &name).to_string()
    });
    digests.collect()
}
