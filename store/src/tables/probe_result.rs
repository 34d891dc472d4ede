//! `probe_result`: what probers found. Read through `tenant_result`, which shows the scope's tenant its own.

pub(crate) mod checks;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contract::id::{MonitorId, Region, TenantId};
use contract::probe::{Certificate, Finished, Hop, Outcome, Timings};
use contract::telemetry::TraceId;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;
use crate::rules::votes::Look;
use crate::tables::result_rollup;

/// Recent results of one monitor.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// Newest first.
    pub(crate) looks: Vec<Look>,
    pub(crate) certificate_expires_at: Option<DateTime<Utc>>,
}

/// Adds those results that are new, each with the trace it came about in. Returns how many were.
pub(crate) async fn insert_new(
    connection: &mut PgConnection,
    results: &[(&Finished, Option<TraceId>)],
) -> Result<u64, sqlx::Error> {
    reopen(connection, results).await?;
    let rows: Vec<Row> = results
        .iter()
        .map(|(result, trace)| Row::new(result, *trace))
        .collect();
    let done = sqlx::query!(
        "insert into probe_result (monitor_id, region, tick_at, started_at, prober, outcome, reason, message, status_code,
            dns_lookup_ms, tcp_connect_ms, tls_handshake_ms, time_to_first_byte_ms, transfer_ms, total_time_ms,
            certificate_expires_at, details, trace_id)
        select monitor_id, region, tick_at, started_at, prober, outcome, reason, message, status_code,
            dns_lookup_ms, tcp_connect_ms, tls_handshake_ms, time_to_first_byte_ms, transfer_ms, total_time_ms,
            certificate_expires_at, details, trace_id
        from jsonb_to_recordset($1) as result (monitor_id uuid, region text, tick_at timestamptz, started_at timestamptz,
            prober text, outcome text, reason text, message text, status_code int, dns_lookup_ms double precision,
            tcp_connect_ms double precision, tls_handshake_ms double precision, time_to_first_byte_ms double precision,
            transfer_ms double precision, total_time_ms double precision, certificate_expires_at timestamptz, details jsonb,
            trace_id uuid)
        on conflict do nothing",
        Json(&rows) as _
    )
    .execute(connection)
    .instrument(sql("insert probe_result"))
    .await?;
    Ok(done.rows_affected())
}

async fn reopen(
    connection: &mut PgConnection,
    results: &[(&Finished, Option<TraceId>)],
) -> Result<(), sqlx::Error> {
    let hour = |at: DateTime<Utc>| at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at);
    let touched: BTreeSet<_> = results
        .iter()
        .map(|(result, _)| (result.monitor.0, hour(result.tick_at)))
        .collect();
    let (monitors, hours): (Vec<_>, Vec<_>) = touched.into_iter().unzip();
    result_rollup::reopen(connection, &monitors, &hours).await
}

/// The latest `limit` results of each monitor, none of them from before its own instant of `since`.
pub(crate) async fn recent(
    connection: &mut PgConnection,
    monitors: &[Uuid],
    since: &[DateTime<Utc>],
    limit: i64,
) -> Result<BTreeMap<MonitorId, Recent>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select wanted.id as "monitor_id!", r.region as "region!", r.tick_at as "tick_at!", r.outcome as "outcome!",
            r.total_time_ms, r.message, r.certificate_expires_at
        from unnest($1::uuid[], $2::timestamptz[]) as wanted (id, since)
        cross join lateral (
            select region, tick_at, outcome, total_time_ms, message, certificate_expires_at from tenant_result
            where monitor_id = wanted.id and tick_at > wanted.since order by tick_at desc limit $3
        ) r
        order by wanted.id, r.tick_at desc"#,
        monitors,
        since,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select probe_result"))
    .await?;
    let mut recent: BTreeMap<MonitorId, Recent> = BTreeMap::new();
    for row in rows {
        let Ok(region) = row.region.parse() else {
            continue;
        };
        let of_monitor = recent.entry(MonitorId(row.monitor_id)).or_default();
        of_monitor.certificate_expires_at = of_monitor
            .certificate_expires_at
            .or(row.certificate_expires_at);
        of_monitor.looks.push(Look {
            region,
            tick_at: row.tick_at,
            outcome: outcome(&row.outcome),
            total_time_ms: row.total_time_ms,
            message: row.message,
        });
    }
    Ok(recent)
}

/// Which results of a monitor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) monitor: MonitorId,
    pub(crate) region: Option<&'a Region>,
    /// All between these two are sorted.
    pub(crate) since: DateTime<Utc>,
    pub(crate) before: DateTime<Utc>,
    /// Of those due at the very instant of `before`, only the ones of later regions; none where no region is named.
    pub(crate) behind: Option<&'a Region>,
    pub(crate) limit: i64,
}

/// The latest results of a monitor, newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Finished>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select monitor_id as "monitor_id!", region as "region!", tick_at as "tick_at!", started_at as "started_at!",
            prober as "prober!", outcome as "outcome!", reason, message, status_code, dns_lookup_ms, tcp_connect_ms,
            tls_handshake_ms, time_to_first_byte_ms, transfer_ms, total_time_ms, certificate_expires_at,
            details as "details!: Json<Details>", trace_id
        from tenant_result
        where monitor_id = $1 and ($2::text is null or region = $2) and tick_at >= $5
            and tick_at <= $3 and (tick_at < $3 or region > $6)
        order by tick_at desc, region limit $4"#,
        wanted.monitor.0,
        wanted.region.map(Region::as_str),
        wanted.before,
        wanted.limit,
        wanted.since,
        wanted.behind.map(Region::as_str)
    )
    .fetch_all(connection)
    .instrument(sql("select probe_result"))
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_finished(wanted.tenant))
        .collect())
}

/// What is kept and never searched for.
#[derive(Debug, Serialize, Deserialize)]
struct Details {
    hops: Vec<Hop>,
    certificate: Option<Certificate>,
    simulated: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    monitor_id: Uuid,
    region: String,
    tick_at: DateTime<Utc>,
    started_at: DateTime<Utc>,
    prober: String,
    outcome: String,
    reason: Option<String>,
    message: Option<String>,
    status_code: Option<i32>,
    dns_lookup_ms: Option<f64>,
    tcp_connect_ms: Option<f64>,
    tls_handshake_ms: Option<f64>,
    time_to_first_byte_ms: Option<f64>,
    transfer_ms: Option<f64>,
    total_time_ms: Option<f64>,
    certificate_expires_at: Option<DateTime<Utc>>,
    details: Json<Details>,
    trace_id: Option<Uuid>,
}

impl Row {
    fn new(result: &Finished, trace: Option<TraceId>) -> Self {
        Self {
            monitor_id: result.monitor.0,
            region: result.region.as_str().to_owned(),
            tick_at: result.tick_at,
            started_at: result.started_at,
            prober: result.prober.clone(),
            outcome: result.outcome.as_str().to_owned(),
            reason: result.reason.map(|reason| reason.as_str().to_owned()),
            message: result.message.clone(),
            status_code: result.status_code.map(i32::from),
            dns_lookup_ms: result.timings.dns_lookup_ms,
            tcp_connect_ms: result.timings.tcp_connect_ms,
            tls_handshake_ms: result.timings.tls_handshake_ms,
            time_to_first_byte_ms: result.timings.time_to_first_byte_ms,
            transfer_ms: result.timings.transfer_ms,
            total_time_ms: result.timings.total_time_ms,
            certificate_expires_at: result
                .certificate
                .as_ref()
                .map(|certificate| certificate.expires_at),
            details: Json(Details {
                hops: result.hops.clone(),
                certificate: result.certificate.clone(),
                simulated: result.simulated,
            }),
            trace_id: trace.map(Uuid::from),
        }
    }

    fn into_finished(self, tenant: TenantId) -> Option<Finished> {
        Some(Finished {
            monitor: MonitorId(self.monitor_id),
            tenant,
            region: self.region.parse().ok()?,
            tick_at: self.tick_at,
            started_at: self.started_at,
            prober: self.prober,
            outcome: outcome(&self.outcome),
            reason: self
                .reason
                .and_then(|reason| serde_json::from_value(reason.into()).ok()),
            message: self.message,
            status_code: self.status_code.and_then(|code| u16::try_from(code).ok()),
            timings: Timings {
                dns_lookup_ms: self.dns_lookup_ms,
                tcp_connect_ms: self.tcp_connect_ms,
                tls_handshake_ms: self.tls_handshake_ms,
                time_to_first_byte_ms: self.time_to_first_byte_ms,
                transfer_ms: self.transfer_ms,
                total_time_ms: self.total_time_ms,
            },
            hops: self.details.0.hops,
            certificate: self.details.0.certificate,
            simulated: self.details.0.simulated,
            trace: self.trace_id.and_then(TraceId::from_uuid),
        })
    }
}

fn outcome(text: &str) -> Outcome {
    use Outcome::{Failure, Logged, Started, Success};
    [Success, Failure, Started, Logged]
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
        .unwrap_or(Outcome::Missed)
}
