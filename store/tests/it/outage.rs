use contract::access;
use contract::monitor::List;
use contract::rpc::Error;
use testkit::eventually;

use crate::deployment::{Deployment, SOON};
use crate::messages::{batch, now, push};

#[tokio::test]
async fn nothing_is_lost_while_postgres_is_away() {
    let mut deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    push(
        &ingress,
        owner.tenant,
        "before",
        &batch("cpu", &[], now(), &[1.0]),
    )
    .await;
    deployment.eventually_count(owner.tenant, "sample", 1).await;
    deployment.database.kill();
    for n in 0..50 {
        let at = now() - chrono::TimeDelta::seconds(100 + n);
        push(
            &ingress,
            owner.tenant,
            &format!("during-{n}"),
            &batch("cpu", &[], at, &[1.0]),
        )
        .await;
    }
    let answer = deployment.ask(&owner.caller, List {}).await;
    assert_eq!(answer.err(), Some(Error::Unavailable));
    eventually(SOON, || async { !is_ready(&deployment).await }).await;
    deployment.database.start().await;
    deployment.pool = deployment.database.pool().await;
    deployment
        .eventually_count(owner.tenant, "sample", 51)
        .await;
    eventually(SOON, || is_ready(&deployment)).await;
    assert_eq!(deployment.messages("DEAD_LETTERS").await, 0);
    deployment.stop().await;
}

async fn is_ready(deployment: &Deployment) -> bool {
    let ready = deployment.store().context().all_ready();
    tokio::time::timeout(std::time::Duration::from_millis(1), ready)
        .await
        .is_ok()
}

#[tokio::test]
async fn the_store_refuses_to_serve_on_pending_migrations() {
    let mut deployment = Deployment::start().await;
    deployment.stop_store().await;
    let forget =
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)";
    sqlx::query(forget)
        .execute(&deployment.pool)
        .await
        .expect("forgotten");
    let nats = deployment.nats.args(access::STORE);
    let args: store::Args = testkit::args(&[
        "--nats-url",
        &nats.nats_url,
        "--nats-password",
        &nats.nats_password,
        "--database-url",
        &deployment.database.store_url(),
    ]);
    let outcome = store::run(args, service::Context::new("store")).await;
    let error = outcome.expect_err("it serves").to_string();
    assert!(error.contains("store migrate"), "{error}");
    deployment.pool.close().await;
}
