//! `telemetry`: traces and logs, in pieces.

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::telemetry::{Cursor, Signal, TraceId};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// A piece as it is stored.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) tenant: TenantId,
    pub(crate) trace: Option<TraceId>,
    pub(crate) signal: Signal,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) key: i64,
    pub(crate) about: Option<TenantId>,
    pub(crate) longest_us: i64,
    pub(crate) severest: i16,
    pub(crate) weight: f32,
    pub(crate) terms: Vec<i32>,
    pub(crate) body: Vec<u8>,
}

/// Stores what is not there yet, and says how many that were.
pub(crate) async fn insert_new(
    connection: &mut PgConnection,
    rows: &[Row],
) -> Result<u64, sqlx::Error> {
    let column = |of: fn(&Row) -> Uuid| rows.iter().map(of).collect::<Vec<Uuid>>();
    let tenants = column(|row| row.tenant.0);
    let traces = column(|row| uuid(row.trace));
    let signals: Vec<i16> = rows.iter().map(|row| number(row.signal)).collect();
    let started: Vec<DateTime<Utc>> = rows.iter().map(|row| row.started_at).collect();
    let keys: Vec<i64> = rows.iter().map(|row| row.key).collect();
    let about: Vec<Option<Uuid>> = rows.iter().map(|row| row.about.map(|id| id.0)).collect();
    let longest: Vec<i64> = rows.iter().map(|row| row.longest_us).collect();
    let severest: Vec<i16> = rows.iter().map(|row| row.severest).collect();
    let weights: Vec<f32> = rows.iter().map(|row| row.weight).collect();
    // A column of arrays cannot be unnested.
    let terms: Vec<String> = rows.iter().map(|row| array(&row.terms)).collect();
    let bodies: Vec<&[u8]> = rows.iter().map(|row| row.body.as_slice()).collect();
    let done = sqlx::query!(
        "insert into telemetry (tenant_id, trace_id, signal, started_at, key, about, longest_us, severest, weight, terms, body)
        select tenant_id, trace_id, signal, started_at, key, about, longest_us, severest, weight, terms::int[], body
        from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::uuid[], $7::bigint[],
            $8::smallint[], $9::real[], $10::text[], $11::bytea[])
            as piece (tenant_id, trace_id, signal, started_at, key, about, longest_us, severest, weight, terms, body)
        on conflict do nothing",
        &tenants,
        &traces,
        &signals,
        &started,
        &keys,
        &about as _,
        &longest,
        &severest,
        &weights,
        &terms,
        &bodies as _
    )
    .execute(connection)
    .instrument(sql("insert telemetry"))
    .await?;
    Ok(done.rows_affected())
}

/// What pieces are looked for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) from: DateTime<Utc>,
    pub(crate) before: Cursor,
    pub(crate) longest_us: i64,
    pub(crate) failed: bool,
    pub(crate) terms: &'a [i32],
}

/// Where pieces of spans begin, and of which traces they are, newest first.
pub(crate) async fn find(
    connection: &mut PgConnection,
    wanted: &Wanted<'_>,
    limit: i64,
) -> Result<Vec<Cursor>, sqlx::Error> {
    let rows = sqlx::query!(
        "select trace_id, started_at from telemetry
        where tenant_id = $1 and signal = 1 and started_at >= $2 and started_at <= $3 and (started_at, trace_id) < ($3, $4)
            and longest_us >= $5 and (not $6 or severest >= 17) and terms @> $7
        order by started_at desc, trace_id desc limit $8",
        wanted.tenant.0,
        wanted.from,
        instant(wanted.before.at_us),
        Uuid::from(wanted.before.trace),
        wanted.longest_us,
        wanted.failed,
        wanted.terms,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select telemetry"))
    .await?;
    let cursor = |trace: Uuid, at: DateTime<Utc>| {
        Some(Cursor {
            at_us: at.timestamp_micros(),
            trace: TraceId::from_uuid(trace)?,
        })
    };
    Ok(rows
        .into_iter()
        .filter_map(|row| cursor(row.trace_id, row.started_at))
        .collect())
}

/// A piece that was read.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) trace: Option<TraceId>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) key: i64,
    pub(crate) weight: f32,
    pub(crate) body: Vec<u8>,
}

/// All that is kept of these traces, of one signal, earliest first.
pub(crate) async fn of_traces(
    connection: &mut PgConnection,
    traces: &[TraceId],
    signal: Signal,
    limit: i64,
) -> Result<Vec<Stored>, sqlx::Error> {
    let traces: Vec<Uuid> = traces.iter().map(|trace| Uuid::from(*trace)).collect();
    let rows = sqlx::query_as!(
        StoredRow,
        "select trace_id, started_at, key, weight, body from telemetry
        where trace_id = any($1) and signal = $2 order by started_at limit $3",
        &traces,
        number(signal),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select telemetry"))
    .await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// Those of these traces of which something is kept, each from around the instant it is said to be of.
pub(crate) async fn kept(
    connection: &mut PgConnection,
    told: &[(TraceId, DateTime<Utc>)],
) -> Result<Vec<TraceId>, sqlx::Error> {
    let (traces, instants): (Vec<Uuid>, Vec<DateTime<Utc>>) = told
        .iter()
        .map(|(trace, at)| (Uuid::from(*trace), *at))
        .unzip();
    let kept = sqlx::query_scalar!(
        r#"select told.id as "id!" from unnest($1::uuid[], $2::timestamptz[]) as told (id, at)
        where exists (
            select from telemetry where trace_id = told.id and signal = 1
                and started_at between told.at - interval '1 hour' and told.at + interval '1 hour'
        )"#,
        &traces,
        &instants
    )
    .fetch_all(connection)
    .instrument(sql("select telemetry"))
    .await?;
    let kept = kept.into_iter();
    Ok(kept.filter_map(TraceId::from_uuid).collect())
}

/// The traces, of these tenants and in this time, with a link that has one of these terms. Row-level security leaves only what
/// the scope's tenant may see.
pub(crate) async fn linking(
    connection: &mut PgConnection,
    tenants: [TenantId; 2],
    terms: &[i32],
    between: (i64, i64),
    limit: i64,
) -> Result<Vec<TraceId>, sqlx::Error> {
    let tenants = tenants.map(|tenant| tenant.0);
    let traces = sqlx::query_scalar!(
        "select trace_id from telemetry
        where tenant_id = any($1) and signal = 1 and started_at between $2 and $3 and terms && $4
        order by started_at limit $5",
        &tenants,
        instant(between.0),
        instant(between.1),
        terms,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select telemetry"))
    .await?;
    let traces = traces.into_iter();
    Ok(traces.filter_map(TraceId::from_uuid).collect())
}

/// The newest pieces of a signal in a time, newest first: those as severe as that, with all of these terms.
pub(crate) async fn newest(
    connection: &mut PgConnection,
    tenant: TenantId,
    signal: Signal,
    between: (DateTime<Utc>, DateTime<Utc>),
    severest: i16,
    terms: &[i32],
    limit: i64,
) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = sqlx::query_as!(
        StoredRow,
        "select trace_id, started_at, key, weight, body from telemetry
        where tenant_id = $1 and signal = $2 and started_at >= $3 and started_at <= $4 and severest >= $5 and terms @> $6
        order by started_at desc limit $7",
        tenant.0,
        number(signal),
        between.0,
        between.1,
        severest,
        terms,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select telemetry"))
    .await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// Forgets what plans shorter than the longest no longer keep. For the keeper.
pub(crate) async fn delete_expired(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from telemetry using tenant
        where tenant.id = tenant_id and telemetry_hours < (select max(telemetry_hours) from tenant)
            and started_at < $1::timestamptz - make_interval(hours => telemetry_hours)",
        now
    )
    .execute(connection)
    .instrument(sql("delete telemetry"))
    .await?;
    Ok(())
}

struct StoredRow {
    trace_id: Uuid,
    started_at: DateTime<Utc>,
    key: i64,
    weight: f32,
    body: Vec<u8>,
}

impl From<StoredRow> for Stored {
    fn from(row: StoredRow) -> Self {
        Self {
            trace: TraceId::from_uuid(row.trace_id),
            started_at: row.started_at,
            key: row.key,
            weight: row.weight,
            body: row.body,
        }
    }
}

fn uuid(trace: Option<TraceId>) -> Uuid {
    trace.map_or(Uuid::nil(), Uuid::from)
}

fn number(signal: Signal) -> i16 {
    match signal {
        Signal::Spans => 1,
        Signal::Logs => 2,
    }
}

fn instant(us: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(us).unwrap_or_default()
}

fn array(terms: &[i32]) -> String {
    let terms: Vec<String> = terms.iter().map(i32::to_string).collect();
    format!("{{{}}}", terms.join(","))
}
