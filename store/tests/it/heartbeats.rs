use bus::Bucket;
use contract::access;
use contract::id::Region;
use contract::monitor::{Create, Monitor, Read, Spec, Update};
use contract::rpc::{Error, Role};
use contract::stream;
use testkit::eventually;

use crate::deployment::{Deployment, SOON};
use crate::members::Person;

fn spec() -> Spec {
    serde_json::from_value(serde_json::json!({
        "name": "Backup", "kind": "heartbeat", "interval_s": 3_600, "grace_s": 600, "public": true,
    }))
    .expect("a description")
}

#[tokio::test]
async fn a_heartbeat_has_a_secret_that_its_editors_and_ingress_see_and_nobody_else() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.ask(&owner.caller, Create { spec: spec() }).await;
    let monitor = monitor.expect("created");
    let secret = monitor.ping_key.expect("a heartbeat has a key");
    assert_eq!(monitor.spec.regions, [Region::heartbeat()]);

    let ingress = deployment.bus(access::INGRESS).await;
    let bucket: Bucket<Monitor> = ingress.bucket(stream::MONITORS).await;
    let key = monitor.id.to_string();
    let found = eventually(SOON, async || bucket.get(&key).await.expect("an answer")).await;
    assert_eq!(found.value, monitor);
    let overview = deployment.ask(&owner.caller, Read { id: monitor.id }).await;
    assert_eq!(overview.expect("found").monitor.ping_key, Some(secret));
    let viewer = Person::new(&deployment, "viewer").await;
    let viewer = viewer.at(&owner, Role::Viewer);
    let overview = deployment.ask(&viewer, Read { id: monitor.id }).await;
    assert_eq!(overview.expect("found").monitor.ping_key, None);

    let page = deployment.first_page("acme").await;
    let page = serde_json::to_string(&page).expect("JSON");
    assert!(
        page.contains("Backup") && !page.contains(&secret.to_string()),
        "{page}"
    );
    let stranger = deployment.sign_up("other").await;
    let read = deployment
        .ask(&stranger.caller, Read { id: monitor.id })
        .await;
    assert!(matches!(read, Err(Error::NotFound { .. })), "{read:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_monitor_knows_since_when_it_has_its_rhythm() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let created = deployment.ask(&owner.caller, Create { spec: spec() }).await;
    let created = created.expect("created");
    let update = async |change: fn(&mut Spec)| {
        let mut spec = created.spec.clone();
        change(&mut spec);
        let update = Update {
            id: created.id,
            spec,
            revision: None,
        };
        deployment
            .ask(&owner.caller, update)
            .await
            .expect("updated")
    };
    let renamed = update(|spec| spec.name = "Nightly backup".to_owned()).await;
    assert_eq!(renamed.scheduled_at, created.scheduled_at);
    assert_eq!(
        renamed.ping_key, created.ping_key,
        "a sender need not change"
    );
    let paused = update(|spec| spec.paused = true).await;
    let resumed = update(|_| {}).await;
    assert!(
        resumed.scheduled_at > paused.scheduled_at && paused.scheduled_at > created.scheduled_at
    );
    let slower = update(|spec| spec.check.interval_s = 86_400).await;
    assert!(slower.scheduled_at > resumed.scheduled_at);
    let other = update(|spec| *spec = serde_json::from_str(
        r#"{"name":"Shop","target":"https://example.com","interval_s":86400,"regions":["eu-central"]}"#,
    ).expect("a description")).await;
    assert!(other.scheduled_at > slower.scheduled_at);
    assert_eq!(other.ping_key, None, "nobody pings what is looked at");
    deployment.stop().await;
}
