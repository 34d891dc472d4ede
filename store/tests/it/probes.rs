use contract::access;
use contract::monitor::{List, Results, State, Summarize};

use crate::deployment::{Deployment, SOON};
use crate::messages::{report, result};

#[tokio::test]
async fn a_result_that_comes_twice_is_stored_once_and_read_as_it_was() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await;
    let prober = deployment.bus(access::PROBER).await;
    let results = [
        result(owner.tenant, monitor.id, "eu-central", 5, true),
        result(owner.tenant, monitor.id, "us-east", 4, false),
    ];
    for found in results.iter().chain(&results) {
        let subject = contract::subject::probe_finished(found.tenant, &found.region, found.monitor);
        // No deduplication by the stream: each has an id of its own.
        let id = uuid::Uuid::now_v7().to_string();
        prober
            .publish(&subject, &id, found)
            .await
            .expect("acknowledged");
    }
    deployment
        .eventually_count(owner.tenant, "probe_result", 2)
        .await;
    let read = Results {
        id: monitor.id,
        region: None,
        before: None,
        limit: 10,
    };
    let read = deployment.ask(&owner.caller, read).await.expect("results");
    assert_eq!(read, [results[1].clone(), results[0].clone()]);
    deployment.stop().await;
}

#[tokio::test]
async fn a_list_tells_what_each_region_said_last() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await;
    let prober = deployment.bus(access::PROBER).await;
    for age_s in [3, 13, 23] {
        report(
            &prober,
            &result(owner.tenant, monitor.id, "eu-central", age_s, true),
        )
        .await;
        report(
            &prober,
            &result(owner.tenant, monitor.id, "us-east", age_s, age_s > 20),
        )
        .await;
    }
    deployment
        .eventually_count(owner.tenant, "probe_result", 6)
        .await;
    let listed = deployment
        .ask(&owner.caller, List::ALL)
        .await
        .expect("a list");
    let status = &listed[0].status;
    assert_eq!(status.state, State::Unknown);
    let votes: Vec<_> = status
        .votes
        .iter()
        .map(|vote| (vote.region.as_str(), vote.ok, vote.count))
        .collect();
    assert_eq!(votes, [("eu-central", true, 3), ("us-east", false, 2)]);
    assert_eq!(listed[0].recent.len(), 6);
    let summary = deployment
        .ask(&owner.caller, Summarize { id: monitor.id })
        .await
        .expect("numbers");
    assert_eq!((summary.success_24h, summary.failure_24h), (4, 2));
    assert!(
        (summary.percentiles_ms["p99"] - 12.5).abs() <= 0.125,
        "{summary:?}"
    );
    assert_eq!(summary.uptime_requests["365d"], Some(4.0 / 6.0));
    assert_eq!(summary.uptime["365d"], None, "nobody decided anything yet");
    deployment.stop().await;
}

#[tokio::test]
async fn what_is_known_of_a_monitor_goes_with_it() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await;
    let prober = deployment.bus(access::PROBER).await;
    report(
        &prober,
        &result(owner.tenant, monitor.id, "eu-central", 3, true),
    )
    .await;
    deployment
        .eventually_count(owner.tenant, "probe_result", 1)
        .await;
    let delete = contract::monitor::Delete { id: monitor.id };
    deployment
        .ask(&owner.caller, delete)
        .await
        .expect("deleted");
    assert_eq!(deployment.count(owner.tenant, "probe_result").await, 0);
    testkit::eventually(SOON, || async {
        deployment.count(owner.tenant, "outbox").await == 0
    })
    .await;
    deployment.stop().await;
}
