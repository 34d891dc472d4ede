use contract::access;
use contract::monitor::List;
use contract::rpc::Error;
use testkit::eventually;

use crate::deployment::{Deployment, SAMPLES, SOON};
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
    let answer = deployment.ask(&owner.caller, List::ALL).await;
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

/// What Postgres says of a full disk, for every sample: a real one would take the whole machine along.
const FULL: &str = "create function no_room() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
    create trigger no_room before insert on sample for each row execute function no_room()";

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_lost() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let send = async |id: &str, age_s| {
        let at = now() - chrono::TimeDelta::seconds(age_s);
        push(&ingress, owner.tenant, id, &batch("cpu", &[], at, &[1.0])).await;
    };
    send("before", 100).await;
    deployment.eventually_count(owner.tenant, "sample", 1).await;
    sqlx::raw_sql(FULL)
        .execute(&deployment.pool)
        .await
        .expect("full");
    for n in 0..20 {
        send(&format!("during-{n}"), n).await;
    }
    eventually(SOON, || async { !is_ready(&deployment).await }).await;
    sqlx::raw_sql("drop trigger no_room on sample")
        .execute(&deployment.pool)
        .await
        .expect("room again");
    deployment
        .eventually_count(owner.tenant, "sample", 21)
        .await;
    eventually(SOON, || is_ready(&deployment)).await;
    assert_eq!(deployment.messages("DEAD_LETTERS").await, 0);
    deployment.stop().await;
}

#[tokio::test]
async fn postgres_may_die_while_hours_are_closed() {
    let mut deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    for n in 0..40 {
        let at = now() - chrono::TimeDelta::hours(3);
        let host = n.to_string();
        let one = batch("cpu", &[("host", &host)], at, &[1.0; 100]);
        push(&ingress, owner.tenant, &host, &one).await;
    }
    deployment
        .eventually_count(owner.tenant, SAMPLES, 4_000)
        .await;
    for wait_ms in [0, 20, 40, 80] {
        let interrupted = deployment.try_tidy();
        let patience = std::time::Duration::from_millis(wait_ms);
        drop(tokio::time::timeout(patience, interrupted).await);
        deployment.database.kill();
        deployment.database.start().await;
        deployment.pool = deployment.database.pool().await;
        assert_eq!(deployment.count(owner.tenant, SAMPLES).await, 4_000);
    }
    deployment.close_all(owner.tenant).await;
    assert_eq!(deployment.count(owner.tenant, SAMPLES).await, 4_000);
    deployment.stop().await;
}

#[tokio::test]
async fn a_store_that_waits_for_nats_stops_when_told() {
    let deployment = Deployment::start().await;
    let mut args = deployment.store_args();
    // Nobody listens there.
    "nats://127.0.0.1:1".clone_into(&mut args.nats.nats_url);
    let context = service::Context::new("store");
    let running = store::run(args, context.clone());
    let stop = async { context.shutdown.cancel() };
    let (outcome, ()) = tokio::join!(running, stop);
    outcome.expect("a quiet end");
    deployment.stop().await;
}
