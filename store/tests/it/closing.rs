//! Hours become blocks and roll-ups, whatever comes late.

use std::sync::OnceLock;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contract::access;
use contract::id::TenantId;
use sqlx::Row;

use crate::deployment::{Deployment, SAMPLES};
use crate::messages::{batch, now, push};

/// The begin of an hour that is over. It stays the same when a new hour begins meanwhile.
fn past(hours: i64) -> DateTime<Utc> {
    static BEGUN_AT: OnceLock<DateTime<Utc>> = OnceLock::new();
    let hour = *BEGUN_AT.get_or_init(now) - TimeDelta::hours(hours + 2);
    hour.duration_trunc(TimeDelta::hours(1)).expect("an hour")
}

/// All that is kept of samples, with the number of hot rows first.
async fn kept(deployment: &Deployment, tenant: TenantId) -> (i64, Vec<Vec<u8>>) {
    let mut rows = Vec::new();
    for statement in [
        "select data as one, '\\x'::bytea as two from sample_block order by series_id, hour",
        "select buckets as one, sketches as two from rollup_minute order by series_id, hour",
        "select buckets as one, sketches as two from rollup_hour order by series_id, day",
    ] {
        let found = sqlx::query(statement).fetch_all(&deployment.pool).await;
        for row in found.expect("rows") {
            rows.extend([row.get::<Vec<u8>, _>("one"), row.get("two")]);
        }
    }
    (deployment.count(tenant, "sample").await, rows)
}

#[tokio::test]
async fn late_samples_open_their_hour_again_and_repeated_ones_change_nothing() {
    let deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    let at = past(3) + TimeDelta::minutes(30);
    let first = batch("cpu", &[], at, &[1.0, 2.0, 3.0]);
    push(&ingress, tenant, "first", &first).await;
    deployment.eventually_count(tenant, SAMPLES, 3).await;
    deployment.close_all(tenant).await;
    let (hot, closed) = kept(&deployment, tenant).await;
    assert_eq!((hot, closed.len()), (0, 6));

    let again = batch("cpu", &[], at, &[7.0, 7.0, 7.0]);
    push(&ingress, tenant, "again", &again).await;
    deployment.eventually_count(tenant, "sample", 3).await;
    deployment.close_all(tenant).await;
    assert_eq!(kept(&deployment, tenant).await, (0, closed.clone()));

    let late = batch("cpu", &[], at + TimeDelta::minutes(5), &[4.0]);
    push(&ingress, tenant, "late", &late).await;
    deployment.eventually_count(tenant, SAMPLES, 4).await;
    deployment.close_all(tenant).await;
    let (hot, reopened) = kept(&deployment, tenant).await;
    assert_eq!((hot, reopened.len()), (0, 6));
    assert_ne!(reopened, closed);
    deployment.eventually_count(tenant, SAMPLES, 4).await;
    deployment.stop().await;
}

#[tokio::test]
async fn many_instances_closing_at_once_close_once() {
    const SERIES: i64 = 300;
    let deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    for n in 0..SERIES {
        let host = n.to_string();
        let batch = batch(
            "cpu",
            &[("host", &host)],
            past(1) + TimeDelta::minutes(9),
            &[1.0; 60],
        );
        push(&ingress, tenant, &host, &batch).await;
    }
    deployment
        .eventually_count(tenant, SAMPLES, SERIES * 60)
        .await;
    futures_util::future::join_all((0..4).map(|_| deployment.tidy())).await;
    deployment.close_all(tenant).await;
    assert_eq!(deployment.count(tenant, SAMPLES).await, SERIES * 60);
    assert_eq!(deployment.count(tenant, "rollup_minute").await, SERIES);
    deployment.stop().await;
}

#[tokio::test]
async fn a_reader_that_read_rows_first_keeps_them_from_becoming_blocks() {
    let deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    push(&ingress, tenant, "1", &batch("cpu", &[], past(1), &[1.0])).await;
    deployment.eventually_count(tenant, SAMPLES, 1).await;
    // Another hour shows that only the one in use has to wait.
    push(&ingress, tenant, "2", &batch("cpu", &[], past(30), &[1.0])).await;
    deployment.eventually_count(tenant, SAMPLES, 2).await;
    deployment.close_all(tenant).await;
    push(
        &ingress,
        tenant,
        "3",
        &batch("cpu", &[], past(1) + TimeDelta::minutes(1), &[2.0]),
    )
    .await;
    deployment.eventually_count(tenant, "sample", 1).await;
    let mut reader = deployment.pool.begin().await.expect("a transaction");
    let rows: i64 = sqlx::query_scalar("select count(*) from sample where ts >= $1")
        .bind(past(1))
        .fetch_one(&mut *reader)
        .await
        .expect("an answer");
    deployment.tidy().await;
    let blocks: i64 = sqlx::query_scalar("select sum(samples) from sample_block where hour >= $1")
        .bind(past(1))
        .fetch_one(&mut *reader)
        .await
        .expect("an answer");
    assert_eq!((rows, blocks), (1, 1));
    reader.commit().await.expect("committed");
    deployment.close_all(tenant).await;
    assert_eq!(deployment.count(tenant, SAMPLES).await, 3);
    deployment.stop().await;
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// A sample of the hour; its value follows from its time, so that it is the same whenever it comes.
    fn sample(&mut self) -> (i64, f64) {
        let second = i64::try_from(self.below(3_600)).expect("small");
        let value = f64::from(i32::try_from(second * 7_919 % 1_000).expect("small")) / 8.0;
        (second, value)
    }
}

/// What is kept of a host's series: number of samples, and everything packed.
async fn of_host(
    deployment: &Deployment,
    tenant: TenantId,
    host: &str,
) -> Option<(i32, Vec<Vec<u8>>)> {
    let statement = "select samples, data, m.buckets, m.sketches, h.buckets, h.sketches from series
        join sample_block b on b.series_id = series.id
        join rollup_minute m on m.series_id = series.id and m.hour = b.hour
        join rollup_hour h on h.series_id = series.id
        where labels ->> 'host' = $1";
    let mut transaction = deployment.begin(tenant).await;
    let row = sqlx::query(statement)
        .bind(host)
        .fetch_optional(&mut *transaction)
        .await;
    let row = row.expect("an answer")?;
    Some((row.get(0), (1..6).map(|column| row.get(column)).collect()))
}

#[tokio::test]
async fn any_interleaving_of_samples_closings_and_restarts_ends_in_the_same_tables() {
    let mut deployment = Deployment::start().await;
    let tenant = deployment.sign_up("acme").await.tenant;
    let ingress = deployment.bus(access::INGRESS).await;
    let mut dice = Dice(20_261_120);
    for round in 0..4 {
        let (mixed, plain) = (format!("mixed-{round}"), format!("plain-{round}"));
        let hour = past(round * 2 + 1);
        let at = |second: i64| hour + TimeDelta::seconds(second);
        let mut model = std::collections::BTreeMap::new();
        for step in 0..14 {
            match dice.below(6) {
                0 => deployment.tidy().await,
                1 if step % 3 == 0 => {
                    deployment.kill_store();
                    deployment.start_store().await;
                }
                _ => {
                    for copy in 0..=dice.below(2) {
                        let known: Vec<i64> = model.keys().copied().collect();
                        let (second, value) = match known.as_slice() {
                            [.., last] if copy == 1 => (*last, model[last]),
                            _ => dice.sample(),
                        };
                        model.insert(second, value);
                        let one = batch("cpu", &[("host", &mixed)], at(second), &[value]);
                        push(&ingress, tenant, &format!("{round}-{step}-{copy}"), &one).await;
                    }
                }
            }
        }
        for (second, value) in &model {
            let one = batch("cpu", &[("host", &plain)], at(*second), &[*value]);
            push(&ingress, tenant, &format!("{round}-plain-{second}"), &one).await;
        }
        // What a killed store had in its hands comes again when the server stops waiting for it.
        testkit::eventually(crate::deployment::SOON * 3, || async {
            deployment.tidy().await;
            let mixed = of_host(&deployment, tenant, &mixed).await;
            let plain = of_host(&deployment, tenant, &plain).await;
            let samples = plain.as_ref().map(|(samples, _)| *samples);
            samples == i32::try_from(model.len()).ok() && mixed == plain
        })
        .await;
    }
    deployment.stop().await;
}
