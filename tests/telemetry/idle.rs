//! While nobody asks for anything, hardly anything is said; and what a span costs.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::PgPool;
use system_tests::story::say;
use system_tests::{Environment, stored};

use super::embedded::Spans;

/// What was still to be exported or sampled has come by then.
const SETTLED: Duration = Duration::from_secs(40);
const WINDOW: Duration = Duration::from_secs(20);
/// Pieces of traces a second. One export that was told of would give rise to several more, each time.
const MAX_PER_S: f64 = 5.0;
/// Work that falls due once in a while, such as closing an hour.
const SLACK: i64 = 40;

/// Fed by itself, a system says more in each window than in the one before.
pub(crate) async fn a_quiet_system_stays_quiet(environment: &Environment) {
    let database = environment.database().await;
    tokio::time::sleep(SETTLED).await;
    let mut counts = vec![pieces(&database).await];
    for _ in 0..3 {
        tokio::time::sleep(WINDOW).await;
        counts.push(pieces(&database).await);
    }
    database.close().await;
    let grown: Vec<i64> = counts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    say(&format!(
        "pieces of traces stored in {WINDOW:?} of quiet: {grown:?}"
    ));
    for pair in grown.windows(2) {
        assert!(pair[1] <= 2 * pair[0] + SLACK, "{grown:?} grows");
    }
    for more in grown {
        let more = f64::from(i32::try_from(more).expect("a few"));
        let per_s = more / WINDOW.as_secs_f64();
        assert!(per_s <= MAX_PER_S, "{per_s} a second");
    }
}

/// What these spans take up.
pub(crate) async fn bytes_per_span(environment: &Environment, spans: &Spans) {
    let traces: BTreeSet<&String> = spans.keys().map(|(trace, _)| trace).collect();
    let traces: Vec<String> = traces.into_iter().cloned().collect();
    let database = environment.database().await;
    let mut transaction = begin(&database).await;
    let statement =
        "select coalesce(sum(pg_column_size(telemetry.*)), 0)::bigint, count(*) from telemetry
        where signal = 1 and trace_id = any($1::uuid[])";
    let (bytes, rows): (i64, i64) = sqlx::query_as(statement)
        .bind(&traces)
        .fetch_one(&mut *transaction)
        .await
        .expect("an answer");
    let statement = "select sum(pg_total_relation_size(inhrelid))::float8 / greatest((select count(*) from telemetry), 1)
        from pg_inherits where inhparent = 'telemetry'::regclass";
    let page_bytes: f64 = sqlx::query_scalar(statement)
        .fetch_one(&mut *transaction)
        .await
        .expect("an answer");
    drop(transaction);
    database.close().await;
    let of = |all: f64| all / f64::from(u32::try_from(spans.len()).expect("a few"));
    let (bytes, rows) = (whole(bytes), whole(rows));
    say(&format!(
        "{} spans of {} traces: {:.0} bytes per span, {:.0} with pages and indexes",
        spans.len(),
        traces.len(),
        of(bytes),
        of(rows * page_bytes)
    ));
    assert!(bytes > 0.0, "nothing is stored of {traces:?}");
}

async fn pieces(database: &PgPool) -> i64 {
    let mut transaction = begin(database).await;
    sqlx::query_scalar("select count(*) from telemetry where signal = 1")
        .fetch_one(&mut *transaction)
        .await
        .expect("an answer")
}

async fn begin(database: &PgPool) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let begun = stored::begin(database, contract::telemetry::SLUG).await;
    begun.expect("a transaction")
}

fn whole(number: i64) -> f64 {
    f64::from(i32::try_from(number).expect("a few"))
}
