//! Results as far as roll-ups care: how a check ended and how long its phases took.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::probe::Timings;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use super::outcome;
use crate::database::sql;
use crate::rules::results::Check;

/// The checks of a monitor between two instants; the second is excluded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) monitor: Uuid,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// By monitor and region.
pub(crate) type ByRegion = BTreeMap<(Uuid, String), Vec<Check>>;

/// Read by the scope's tenant. All regions unless one is named. The arrays are in subqueries, where Postgres does not see how
/// long they are: so one plan does for all, and it stays.
pub(crate) async fn of_tenant(
    connection: &mut PgConnection,
    spans: &[Span],
    region: Option<&str>,
) -> Result<ByRegion, sqlx::Error> {
    let (monitors, from, to) = columns(spans);
    let rows = sqlx::query_as!(
        Row,
        r#"select r.monitor_id as "monitor_id!", r.region as "region!", r.tick_at as "tick_at!", r.outcome as "outcome!",
            r.dns_lookup_ms, r.tcp_connect_ms, r.tls_handshake_ms, r.time_to_first_byte_ms, r.transfer_ms, r.total_time_ms
        from unnest((select $1::uuid[]), (select $2::timestamptz[]), (select $3::timestamptz[])) as wanted (id, begin_at, end_at)
        join lateral (
            select * from tenant_result
            where monitor_id = wanted.id and tick_at >= wanted.begin_at and tick_at < wanted.end_at offset 0
        ) r on $4::text is null or r.region = $4"#,
        &monitors,
        &from,
        &to,
        region
    )
    .fetch_all(connection)
    .instrument(sql("select probe_result"))
    .await?;
    Ok(by_region(rows))
}

/// Read by the keeper, whoever they belong to.
pub(crate) async fn of_all(
    connection: &mut PgConnection,
    spans: &[Span],
) -> Result<ByRegion, sqlx::Error> {
    let (monitors, from, to) = columns(spans);
    let rows = sqlx::query_as!(
        Row,
        "select r.monitor_id, r.region, r.tick_at, r.outcome,
            r.dns_lookup_ms, r.tcp_connect_ms, r.tls_handshake_ms, r.time_to_first_byte_ms, r.transfer_ms, r.total_time_ms
        from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as wanted (id, begin_at, end_at)
        join lateral (
            select * from probe_result
            where monitor_id = wanted.id and tick_at >= wanted.begin_at and tick_at < wanted.end_at offset 0
        ) r on true",
        &monitors,
        &from,
        &to
    )
    .fetch_all(connection)
    .instrument(sql("select probe_result"))
    .await?;
    Ok(by_region(rows))
}

struct Row {
    monitor_id: Uuid,
    region: String,
    tick_at: DateTime<Utc>,
    outcome: String,
    dns_lookup_ms: Option<f64>,
    tcp_connect_ms: Option<f64>,
    tls_handshake_ms: Option<f64>,
    time_to_first_byte_ms: Option<f64>,
    transfer_ms: Option<f64>,
    total_time_ms: Option<f64>,
}

fn columns(spans: &[Span]) -> (Vec<Uuid>, Vec<DateTime<Utc>>, Vec<DateTime<Utc>>) {
    (
        spans.iter().map(|span| span.monitor).collect(),
        spans.iter().map(|span| span.from).collect(),
        spans.iter().map(|span| span.to).collect(),
    )
}

fn by_region(rows: Vec<Row>) -> ByRegion {
    let mut checks = ByRegion::new();
    for row in rows {
        let check = Check {
            at_ms: row.tick_at.timestamp_millis(),
            outcome: outcome(&row.outcome),
            timings: Timings {
                dns_lookup_ms: row.dns_lookup_ms,
                tcp_connect_ms: row.tcp_connect_ms,
                tls_handshake_ms: row.tls_handshake_ms,
                time_to_first_byte_ms: row.time_to_first_byte_ms,
                transfer_ms: row.transfer_ms,
                total_time_ms: row.total_time_ms,
            },
        };
        let key = (row.monitor_id, row.region);
        checks.entry(key).or_default().push(check);
    }
    checks
}
