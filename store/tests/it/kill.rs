//! Two stores and Postgres are killed by turns while samples flow in and hours close: nothing is lost, nothing doubles.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bus::Bus;
use chrono::{DateTime, TimeDelta, Utc};
use contract::access;
use contract::id::{Partition, TenantId};
use contract::metric::Batch;
use contract::query::{Aggregate, Query};
use contract::stream;
use serde_json::json;
use testkit::{Process, eventually};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use crate::deployment::{Deployment, Owner, SOON};
use crate::messages::{batch, now, push};

const ROUNDS: i32 = 3;
/// Hours that the samples fall into; all of them can be closed.
const HOURS: i64 = 6;
const POINTS: i64 = 10;
const SERIES: i64 = 4;
const PACE: Duration = Duration::from_millis(15);
/// Pushes that have to come through after each crash.
const FLOWING: i64 = 40;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Account {
    samples: i64,
    sum: i64,
}

#[tokio::test]
async fn two_stores_and_postgres_are_killed_while_hours_close_and_every_sample_counts_once() {
    let mut deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let begin = first_hour(now());
    let load = Load {
        ingress,
        tenant: owner.tenant,
        begin,
        pushes: AtomicI64::new(0),
        stop: CancellationToken::new(),
    };
    let chaos = async {
        kill_everybody(&mut deployment, &load).await;
        load.stop.cancel();
    };
    let (expected, ()) = tokio::join!(load.run(), chaos);
    // What a killed store had in its hands is delivered again once the server stops waiting for it.
    let patience = stream::store_metrics(Partition::of(owner.tenant)).ack_wait * 4;
    eventually(patience, || closed(&deployment, expected.samples)).await;
    let seen = Account {
        samples: total(&deployment, &owner, begin, Aggregate::Count).await,
        sum: total(&deployment, &owner, begin, Aggregate::Sum).await,
    };
    assert_eq!(seen, expected);
    assert_eq!(deployment.messages("DEAD_LETTERS").await, 0);
    deployment.stop().await;
}

/// Each store dies amid its first closings, Postgres amid those of the other.
async fn kill_everybody(deployment: &mut Deployment, load: &Load) {
    for _ in 0..ROUNDS {
        let other = Process::start(access::STORE, store::run, deployment.store_args()).await;
        load.flows().await;
        reopen(deployment).await;
        deployment.kill_store();
        deployment.start_store().await;
        deployment.database.kill();
        load.flows().await;
        deployment.database.start().await;
        load.flows().await;
        reopen(deployment).await;
        other.kill();
        deployment.kill_store();
        deployment.start_store().await;
    }
}

/// Hours are closed again at once instead of minutes after the last time.
async fn reopen(deployment: &Deployment) {
    eventually(SOON, || async {
        sqlx::query("update sample_hour set closed_at = closed_at - interval '1 hour'")
            .execute(&deployment.pool)
            .await
    })
    .await;
}

/// Samples for some hours of the past, pushed all the time.
struct Load {
    ingress: Bus,
    tenant: TenantId,
    begin: DateTime<Utc>,
    pushes: AtomicI64,
    stop: CancellationToken,
}

impl Load {
    /// Pushes until told to stop; some pushes are repeated under another name, as by a client that saw no answer.
    async fn run(&self) -> Account {
        let mut account = Account::default();
        let mut pace = interval(PACE);
        for number in 0.. {
            pace.tick().await;
            if self.stop.is_cancelled() {
                break;
            }
            let samples = samples(self.begin, number);
            push(
                &self.ingress,
                self.tenant,
                &format!("push-{number}"),
                &samples,
            )
            .await;
            if number % 7 == 0 {
                push(
                    &self.ingress,
                    self.tenant,
                    &format!("again-{number}"),
                    &samples,
                )
                .await;
            }
            account.samples += POINTS;
            account.sum += POINTS * number;
            self.pushes.fetch_add(1, Ordering::Relaxed);
        }
        account
    }

    /// Waits for some more pushes.
    async fn flows(&self) {
        let enough = self.pushes.load(Ordering::Relaxed) + FLOWING;
        eventually(SOON, || async {
            self.pushes.load(Ordering::Relaxed) >= enough
        })
        .await;
    }
}

/// The points of a push: no two pushes share an instant of a series.
fn samples(begin: DateTime<Utc>, number: i64) -> Batch {
    let (hour, turn) = (number % HOURS, number / HOURS);
    let (series, place) = (turn % SERIES, turn / SERIES);
    assert!(place < 3_600 / POINTS, "the hours are full");
    let newest = begin + TimeDelta::hours(hour) + TimeDelta::seconds((place + 1) * POINTS - 1);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let values = [number as f64; 10];
    batch("cpu", &[("lane", &series.to_string())], newest, &values)
}

/// The begin of the hours that the load falls into.
fn first_hour(now: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = now.timestamp().div_euclid(3_600) * 3_600;
    let hour = DateTime::from_timestamp(seconds, 0).expect("an instant");
    hour - TimeDelta::hours(HOURS + 1)
}

/// Whether every sample is in a block, once, and no row is left.
async fn closed(deployment: &Deployment, expected: i64) -> Result<(), String> {
    reopen(deployment).await;
    let counts = "select (select coalesce(sum(samples), 0)::bigint from sample_block), (select count(*) from sample)";
    let found: (i64, i64) = sqlx::query_as(counts)
        .fetch_one(&deployment.pool)
        .await
        .map_err(|error| error.to_string())?;
    (found == (expected, 0))
        .then_some(())
        .ok_or_else(|| format!("(in blocks, in rows) is {found:?} of {expected}"))
}

/// What readers see of all samples.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole numbers far below 2^52"
)]
async fn total(
    deployment: &Deployment,
    owner: &Owner,
    begin: DateTime<Utc>,
    aggregate: Aggregate,
) -> i64 {
    let query: Query = serde_json::from_value(json!({"range": {
        "metric": "cpu", "aggregate": aggregate, "step_ms": 60_000,
        "from_ms": begin.timestamp_millis(), "to_ms": (begin + TimeDelta::hours(HOURS)).timestamp_millis(),
    }}))
    .expect("a query");
    let answer = deployment.ask(&owner.caller, query).await;
    let series = answer.expect("an answer").series;
    let points = series.iter().flat_map(|series| &series.points);
    points.map(|(_, value)| *value as i64).sum()
}
