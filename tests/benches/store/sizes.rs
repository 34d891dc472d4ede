//! What a sample takes on disk while it is hot, and once its hour is closed.

use std::time::Duration;

use system_tests::api::now_ms;
use system_tests::bench::{Better, Report};
use testkit::eventually;

use crate::fleet::{Kind, Signal};
use crate::rig::Rig;

/// Of each kind, scraped every ten seconds.
const SERIES: i64 = 250;
const STEP_MS: i64 = 10_000;
const HOUR_MS: i64 = 3_600_000;
const SAMPLES: i64 = SERIES * HOUR_MS / STEP_MS;
const CLOSED: Duration = Duration::from_mins(5);

/// Stores an hour of each kind of fleet, and lets the store close it.
pub(crate) async fn measure(rig: &mut Rig, report: &mut Report) {
    let hour_ms = (now_ms() / HOUR_MS - 2) * HOUR_MS;
    register(rig).await;
    for (kind, first) in kinds() {
        insert(rig, kind, first, hour_ms).await;
    }
    let all = SAMPLES * i64::try_from(Kind::ALL.len()).expect("few");
    let hot = each(size(rig, "sample").await, all);
    rig.start_store().await;
    eventually(CLOSED, || async {
        rig.number("select count(*) from sample").await == 0
    })
    .await;
    rig.stop_store().await;
    let mut tell = |name: &str, bytes: i64, samples: i64| {
        let reference = ("hot rows", hot);
        report.compare(name, each(bytes, samples), "B", Better::Lower, reference);
    };
    for (kind, first) in kinds() {
        let bytes = blocks(rig, first).await;
        let name = format!("store.{}_bytes_per_sample", kind.name());
        tell(&name, bytes, SAMPLES);
    }
    tell(
        "store.bytes_per_sample",
        size(rig, "sample_block").await,
        all,
    );
    let rollups = size(rig, "rollup_minute").await + size(rig, "rollup_hour").await;
    tell("store.rollup_bytes_per_sample", rollups, all);
}

/// The kinds, each with the number of its first series.
fn kinds() -> impl Iterator<Item = (Kind, i64)> {
    Kind::ALL
        .into_iter()
        .zip((0..).map(|position| position * SERIES))
}

async fn register(rig: &Rig) {
    let tenant = rig.tenant("fleet").await;
    let mut transaction = rig.pool.begin().await.expect("a transaction");
    sqlx::query("select set_config('overseer.tenant', $1, true)")
        .bind(tenant.0.to_string())
        .execute(&mut *transaction)
        .await
        .expect("set");
    sqlx::query(
        "insert into series (id, tenant_id, name, labels, kind, fingerprint, first_seen, last_seen) overriding system value
        select id, current_tenant(), 'fleet', jsonb_build_object('number', id::text), 'gauge', decode(md5(id::text), 'hex'), now(), now()
        from generate_series(0, 4 * $1 - 1) as id",
    )
    .bind(SERIES)
    .execute(&mut *transaction)
    .await
    .expect("inserted");
    transaction.commit().await.expect("committed");
}

async fn insert(rig: &Rig, kind: Kind, first: i64, hour_ms: i64) {
    let (mut ids, mut times, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for id in first..first + SERIES {
        let mut signal = Signal::new(kind, id.cast_unsigned());
        for (at_ms, value) in signal.points(hour_ms, STEP_MS, HOUR_MS / STEP_MS) {
            ids.push(id);
            times.push(at_ms);
            values.push(value);
        }
    }
    sqlx::query("select ensure_chunk('sample', to_timestamp($1::bigint / 1000.0))")
        .bind(hour_ms)
        .execute(&rig.pool)
        .await
        .expect("made");
    sqlx::query(
        "insert into sample (series_id, ts, value)
        select id, to_timestamp(at_ms / 1000.0), value from unnest($1::bigint[], $2::bigint[], $3::float8[]) as made (id, at_ms, value)",
    )
    .bind(&ids)
    .bind(&times)
    .bind(&values)
    .execute(&rig.pool)
    .await
    .expect("inserted");
}

/// Bytes of all partitions of a table with their indexes; those of a hypertable are children too.
async fn size(rig: &Rig, table: &str) -> i64 {
    let statement = "select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint from pg_inherits where inhparent = $1::text::regclass";
    let answer = sqlx::query_scalar(statement)
        .bind(table.to_owned())
        .fetch_one(&rig.pool);
    answer.await.expect("an answer")
}

/// Bytes of the blocks of the series that begin with `first`.
async fn blocks(rig: &Rig, first: i64) -> i64 {
    let statement = "select coalesce(sum(pg_column_size(block.*)), 0)::bigint from sample_block as block where series_id between $1 and $2";
    let answer = sqlx::query_scalar(statement)
        .bind(first)
        .bind(first + SERIES - 1)
        .fetch_one(&rig.pool);
    answer.await.expect("an answer")
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn each(bytes: i64, samples: i64) -> f64 {
    bytes as f64 / samples as f64
}
