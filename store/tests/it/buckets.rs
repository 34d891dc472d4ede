use bus::Bucket;
use contract::access;
use contract::monitor::{Delete, Monitor, Update};
use contract::plan::Plan;
use contract::rpc::Error;
use contract::stream;
use contract::token::{Create, Grant, Revoke, Scope};
use testkit::eventually;

use crate::deployment::{Deployment, SOON};
use crate::messages::spec;

async fn value<T>(bucket: &Bucket<T>, key: &str) -> Option<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
{
    bucket
        .get(key)
        .await
        .expect("an answer")
        .map(|entry| entry.value)
}

#[tokio::test]
async fn changes_reach_the_buckets() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let processor = deployment.bus(access::PROCESSOR).await;
    let tokens: Bucket<Grant> = ingress.bucket(stream::TOKENS).await;
    let monitors: Bucket<Monitor> = processor.bucket(stream::MONITORS).await;

    let create = Create {
        name: "agent".to_owned(),
        scopes: vec![Scope::MetricsWrite],
    };
    let created = deployment
        .ask(&owner.caller, create)
        .await
        .expect("a token");
    let key = hex_sha256(&created.secret);
    let grant = eventually(SOON, || value(&tokens, &key)).await;
    assert_eq!(
        grant,
        Grant {
            id: created.token.id,
            tenant: owner.tenant,
            scopes: vec![Scope::MetricsWrite],
            plan: Plan::default(),
        }
    );
    deployment
        .ask(
            &owner.caller,
            Revoke {
                id: created.token.id,
            },
        )
        .await
        .expect("revoked");
    eventually(SOON, || async { value(&tokens, &key).await.is_none() }).await;

    let monitor = deployment.create_monitor(&owner, "Front door").await;
    let key = monitor.id.to_string();
    assert_eq!(eventually(SOON, || value(&monitors, &key)).await, monitor);
    let update = Update {
        id: monitor.id,
        spec: spec("Back door"),
        revision: Some(monitor.revision),
    };
    let ask = || deployment.ask(&owner.caller, update.clone());
    let updated = ask().await.expect("updated");
    assert_eq!(updated.revision, monitor.revision + 1);
    let late = ask().await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    eventually(SOON, || async {
        value(&monitors, &key).await.as_ref() == Some(&updated)
    })
    .await;
    deployment
        .ask(&owner.caller, Delete { id: monitor.id })
        .await
        .expect("deleted");
    eventually(SOON, || async { value(&monitors, &key).await.is_none() }).await;
    deployment.stop().await;
}

#[tokio::test]
async fn a_bucket_that_went_astray_is_repaired_at_the_start() {
    let mut deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await;
    let store = deployment.bus(access::STORE).await;
    let monitors: Bucket<Monitor> = store.bucket(stream::MONITORS).await;
    let key = monitor.id.to_string();
    eventually(SOON, || value(&monitors, &key)).await;
    deployment.stop_store().await;
    monitors.delete(&key).await.expect("deleted");
    let stranger = uuid::Uuid::now_v7().to_string();
    monitors.put(&stranger, &monitor).await.expect("put");
    deployment.start_store().await;
    eventually(SOON, || value(&monitors, &key)).await;
    eventually(SOON, || async {
        value(&monitors, &stranger).await.is_none()
    })
    .await;
    deployment.stop().await;
}

fn hex_sha256(secret: &str) -> String {
    use sha2::Digest;
    let digest: [u8; 32] = sha2::Sha256::digest(secret).into();
    let (high, low) = digest.split_at(16);
    let number = |half: &[u8]| u128::from_be_bytes(half.try_into().expect("16 bytes"));
    format!("{:032x}{:032x}", number(high), number(low))
}
