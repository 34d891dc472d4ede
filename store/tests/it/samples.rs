use contract::access;
use contract::id::Partition;
use contract::{stream, subject};

use crate::deployment::{Deployment, SAMPLES};
use crate::messages::{batch, now, push};

#[tokio::test]
async fn a_sample_that_comes_twice_is_stored_once() {
    let deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    let same = batch("cpu", &[("host", "a")], now(), &[1.0, 2.0, 3.0]);
    for id in ["first", "second", "third"] {
        push(&ingress, tenant, id, &same).await;
        deployment.eventually_count(tenant, "sample", 3).await;
    }
    push(&ingress, tenant, "last", &batch("mark", &[], now(), &[1.0])).await;
    deployment.eventually_count(tenant, "sample", 4).await;
    let values: Vec<f64> =
        sqlx::query_scalar("select value from sample order by ts, series_id limit 3")
            .fetch_all(&deployment.pool)
            .await
            .expect("an answer");
    assert_eq!(values, [1.0, 2.0, 3.0]);
    deployment.stop().await;
}

#[tokio::test]
async fn the_first_of_two_values_at_one_instant_stays() {
    let deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    let at = now();
    push(&ingress, tenant, "1", &batch("cpu", &[], at, &[1.0])).await;
    deployment.eventually_count(tenant, "sample", 1).await;
    push(&ingress, tenant, "2", &batch("cpu", &[], at, &[7.0, 9.0])).await;
    deployment.eventually_count(tenant, "sample", 2).await;
    let newest: f64 = sqlx::query_scalar("select value from sample order by ts desc limit 1")
        .fetch_one(&deployment.pool)
        .await
        .expect("an answer");
    assert!((newest - 1.0).abs() < f64::EPSILON, "{newest}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_store_that_is_killed_again_and_again_stores_everything_once() {
    const MESSAGES: i64 = 400;
    let mut deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    let begin = now();
    deployment.kill_store();
    for round in 0..4 {
        for n in 0..MESSAGES / 4 {
            let number = round * MESSAGES / 4 + n;
            let at = begin - chrono::TimeDelta::seconds(number * 10);
            push(
                &ingress,
                tenant,
                &number.to_string(),
                &batch("cpu", &[], at, &[1.0; 10]),
            )
            .await;
        }
        deployment.start_store().await;
        deployment.kill_store();
    }
    deployment.start_store().await;
    // What a killed store had in its hands is delivered again once the server stops waiting for it.
    let patience = stream::store_metrics(Partition::of(tenant)).ack_wait * 3;
    deployment
        .count_within(patience, tenant, SAMPLES, MESSAGES * 10)
        .await;
    assert_eq!(deployment.count(tenant, "series").await, 1);
    assert_eq!(deployment.messages("DEAD_LETTERS").await, 0);
    deployment.stop().await;
}

#[tokio::test]
async fn what_cannot_be_stored_is_a_dead_letter_and_the_rest_is_stored() {
    let mut deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    // All of it in one batch.
    deployment.stop_store().await;
    let subject = subject::metrics_accepted(tenant);
    for n in 0..5 {
        let good = batch("cpu", &[], now() - chrono::TimeDelta::seconds(n), &[1.0]);
        push(&ingress, tenant, &format!("good-{n}"), &good).await;
        let infinite = batch("cpu", &[], now(), &[f64::INFINITY]);
        push(&ingress, tenant, &format!("infinite-{n}"), &infinite).await;
    }
    ingress
        .publish(&subject, "unreadable", &"nonsense")
        .await
        .expect("acknowledged");
    let nul = batch("cpu", &[("host", "a\0b")], now(), &[1.0]);
    push(&ingress, tenant, "nul", &nul).await;
    let ancient = batch("cpu", &[], chrono::DateTime::UNIX_EPOCH, &[1.0]);
    push(&ingress, tenant, "ancient", &ancient).await;
    deployment.start_store().await;
    deployment.eventually_count(tenant, "sample", 5).await;
    testkit::eventually(crate::deployment::SOON, || async {
        deployment.messages("DEAD_LETTERS").await == 8
    })
    .await;
    deployment.stop().await;
}

#[tokio::test]
async fn series_beyond_twice_the_plan_are_refused_and_the_rest_is_stored() {
    let mut deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    deployment
        .execute(tenant, "update tenant set active_series = 2")
        .await;
    let ingress = deployment.bus(access::INGRESS).await;
    let send = |id: String, host: String| {
        let ingress = &ingress;
        async move {
            let one = batch("cpu", &[("host", &host)], now(), &[1.0]);
            push(ingress, tenant, &id, &one).await;
        }
    };
    // All of it in one batch.
    deployment.stop_store().await;
    for host in 0..6 {
        send(format!("first-{host}"), host.to_string()).await;
    }
    deployment.start_store().await;
    deployment.eventually_count(tenant, "sample", 4).await;
    assert_eq!(deployment.count(tenant, "series").await, 4);
    testkit::eventually(crate::deployment::SOON, || async {
        deployment.messages("DEAD_LETTERS").await == 2
    })
    .await;
    // Those it has go on.
    let known = "select labels ->> 'host' from series";
    let mut transaction = deployment.begin(tenant).await;
    let known: Vec<String> = sqlx::query_scalar(known)
        .fetch_all(&mut *transaction)
        .await
        .expect("an answer");
    drop(transaction);
    for host in known {
        send(format!("second-{host}"), host).await;
    }
    deployment.eventually_count(tenant, "sample", 8).await;
    deployment.stop().await;
}
