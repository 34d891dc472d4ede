//! Questions about traces and logs.

mod joining;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::TenantId;
use contract::listing::Place;
use contract::rpc::Error;
use contract::telemetry::{
    Cursor, Find, Found, Group, Joined, ListServices, ListStreams, Log, MAX_WINDOW_MS, Map, Read,
    ReadLogs, ReadMap, Search, ServiceOperations, Signal, StreamState, Summary, TENANT, TraceId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::rules::telemetry::codec::Decoder;
use crate::rules::telemetry::search::{self, Pieces};
use crate::rules::telemetry::{map, terms};
use crate::tables::telemetry::{self, Stored, Wanted};
use crate::tables::telemetry_operation;
use crate::validation;

/// Traces of one page.
const MAX_PAGE: u32 = 100;
/// Rows that a search looks at, at once and in all: beyond it the page ends early, and the next one goes on.
const PORTION: i64 = 300;
const MAX_PORTIONS: usize = 12;
const LOG_PORTION: i64 = 600;
/// Pieces that one answer is made of, at most.
const MAX_PIECES: i64 = 4_000;
/// Pieces that a map is drawn from.
const MAX_MAP: i64 = 6_000;

pub(super) async fn find(app: App, tenant: TenantId, request: Find) -> Result<Found, Failure> {
    let search = request.search;
    validation::check("search", &search)?;
    let now = service::now();
    let page = usize::try_from(request.limit.clamp(1, MAX_PAGE)).unwrap_or_default();
    let required = search::required(&search);
    let end = request.before.unwrap_or(Cursor {
        at_us: end_us(&search, now),
        trace: last_trace(),
    });
    let mut wanted = Wanted {
        tenant,
        from: begin(search.from_ms, now),
        before: end,
        longest_us: i64::try_from(search.min_duration_us.unwrap_or_default())
            .unwrap_or(i64::MAX)
            // The spans of a trace may be short that is long by itself.
            .min(if required.is_empty() { 0 } else { i64::MAX }),
        failed: search.error,
        terms: &required,
    };
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let mut traces: Vec<Summary> = Vec::new();
    for _ in 0..MAX_PORTIONS {
        let found = telemetry::find(&mut transaction, &wanted, PORTION).await?;
        let is_last = i64::try_from(found.len()).unwrap_or_default() < PORTION;
        for (place, summary) in matching(&mut transaction, &search, &found).await? {
            // One that stands before this page was on an earlier one.
            let is_new = place < wanted.before && !traces.iter().any(|one| one.id == summary.id);
            if is_new {
                traces.push(summary);
                if traces.len() == page {
                    return Ok(Found {
                        traces,
                        next: Some(place),
                    });
                }
            }
        }
        match found.last() {
            Some(last) if !is_last => wanted.before = *last,
            _ => return Ok(Found { traces, next: None }),
        }
    }
    let next = Some(wanted.before);
    Ok(Found { traces, next })
}

/// The traces among these that are looked for, each at its place, newest first.
async fn matching(
    connection: &mut PgConnection,
    search: &Search,
    found: &[Cursor],
) -> Result<Vec<(Cursor, Summary)>, Failure> {
    let mut ids: Vec<TraceId> = found.iter().map(|cursor| cursor.trace).collect();
    ids.sort_unstable();
    ids.dedup();
    let stored = telemetry::of_traces(connection, &ids, Signal::Spans, MAX_PIECES).await?;
    let mut by_trace: BTreeMap<TraceId, Pieces> = BTreeMap::new();
    let mut decoder = Decoder::new().map_err(unreadable)?;
    for piece in stored {
        if let Some(trace) = piece.trace {
            let at_us = piece.started_at.timestamp_micros();
            let groups = decode(&mut decoder, &piece);
            by_trace.entry(trace).or_default().push((at_us, groups));
        }
    }
    let mut matched = Vec::new();
    for (trace, pieces) in by_trace {
        let summary = search::summary(trace, &pieces);
        if let Some(summary) = summary
            && let Some(at_us) = search::place(search, &pieces, &summary)
        {
            matched.push((Cursor { at_us, trace }, summary));
        }
    }
    matched.sort_by(|(one, _), (other, _)| other.cmp(one));
    Ok(matched)
}

pub(super) async fn read(app: App, tenant: TenantId, request: Read) -> Result<Joined, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let joined = joining::join(&mut transaction, tenant, request.id).await?;
    Ok(joined.ok_or_else(|| Error::not_found("trace"))?)
}

pub(super) async fn read_logs(
    app: App,
    tenant: TenantId,
    request: ReadLogs,
) -> Result<Vec<Log>, Failure> {
    let most = usize::try_from(validation::limit(request.limit)).unwrap_or_default();
    let is_wanted = |log: &Log| {
        log.record.severity >= request.min_severity
            && request.before.is_none_or(|before| log.place() < before)
            && (request.service.as_ref()).is_none_or(|name| *name == log.service)
    };
    let latest = service::now() + TimeDelta::days(1);
    let mut end = request.before.map_or(latest, |place| place.at.min(latest));
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let mut decoder = Decoder::new().map_err(unreadable)?;
    let mut logs: BTreeMap<Place, Log> = BTreeMap::new();
    for _ in 0..MAX_PORTIONS {
        let stored = log_pieces(&mut transaction, tenant, &request, end).await?;
        let read = stored.iter().flat_map(|piece| logs_of(&mut decoder, piece));
        logs.extend(read.filter(is_wanted).map(|log| (log.place(), log)));
        let is_all = request.trace.is_some()
            || i64::try_from(stored.len()).unwrap_or_default() < LOG_PORTION;
        match stored.last() {
            // Of those that begin at that instant some may be left: they are read again.
            Some(last) if !is_all && logs.len() < most && last.started_at < end => {
                end = last.started_at;
            }
            _ => break,
        }
    }
    Ok(logs.into_values().rev().take(most).collect())
}

/// Pieces that may hold what is asked for: those of the trace, or the newest that begin by then.
async fn log_pieces(
    connection: &mut PgConnection,
    tenant: TenantId,
    request: &ReadLogs,
    end: DateTime<Utc>,
) -> Result<Vec<Stored>, sqlx::Error> {
    let signal = Signal::Logs;
    if let Some(trace) = request.trace {
        return telemetry::of_traces(connection, &[trace], signal, MAX_PIECES).await;
    }
    let between = (begin(None, service::now()), end);
    let severest = i16::from(request.min_severity);
    let service = request.service.as_deref().map(terms::service);
    let terms: Vec<i32> = service.into_iter().collect();
    let newest = telemetry::newest(
        connection,
        tenant,
        signal,
        between,
        severest,
        &terms,
        LOG_PORTION,
    );
    newest.await
}

pub(super) async fn list_services(
    app: App,
    tenant: TenantId,
    _: ListServices,
) -> Result<Vec<ServiceOperations>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    Ok(telemetry_operation::list(&mut transaction).await?)
}

/// For those who run all of this: streams hold what is of all tenants.
pub(super) async fn list_streams(
    app: App,
    tenant: TenantId,
    _: ListStreams,
) -> Result<Vec<StreamState>, Failure> {
    if tenant != TENANT {
        return Err(Error::not_found("stream").into());
    }
    Ok(app.bus.streams().await.map_err(|error| {
        tracing::warn!(%error, "NATS does not say what it holds");
        Error::Unavailable
    })?)
}

pub(super) async fn read_map(app: App, tenant: TenantId, request: ReadMap) -> Result<Map, Failure> {
    let ReadMap { from_ms, to_ms } = request;
    if from_ms >= to_ms || to_ms.saturating_sub(from_ms) > MAX_WINDOW_MS {
        return Err(Error::invalid("to_ms", "must be after from_ms, by at most 31 days").into());
    }
    let now = service::now();
    let between = (begin(Some(from_ms), now), instant_ms(to_ms, now));
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let signal = Signal::Spans;
    let stored = telemetry::newest(&mut transaction, tenant, signal, between, 0, &[], MAX_MAP);
    let stored = stored.await?;
    let is_all = i64::try_from(stored.len()).unwrap_or_default() < MAX_MAP;
    let oldest = stored
        .last()
        .map(|piece| piece.started_at.timestamp_millis());
    let from_ms = oldest.filter(|_| !is_all).unwrap_or(from_ms);
    let drawn = tokio::task::spawn_blocking(move || {
        let mut decoder = Decoder::new()?;
        let pieces = stored.iter();
        let pieces: Vec<_> = pieces
            .map(|piece| (piece.weight, decode(&mut decoder, piece)))
            .collect();
        Ok::<_, std::io::Error>(map::draw(&pieces, from_ms, to_ms))
    });
    match drawn.await {
        Ok(drawn) => drawn.map_err(unreadable),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// What cannot be read is left out, and told to the operator.
fn decode(decoder: &mut Decoder, piece: &Stored) -> Vec<Group> {
    decoder.decode(&piece.body).unwrap_or_else(|error| {
        tracing::error!(%error, trace = ?piece.trace, "a piece of a trace cannot be read");
        Vec::new()
    })
}

/// The log records of a piece, each told from others by the piece and its place in there.
fn logs_of(decoder: &mut Decoder, piece: &Stored) -> impl Iterator<Item = Log> + use<> {
    let key = piece.key.cast_unsigned();
    let records = decode(decoder, piece).into_iter().flat_map(|group| {
        let service = group.resource.service;
        let records = group.logs.into_iter();
        records.map(move |record| (service.clone(), record))
    });
    let numbered = (0..).zip(records);
    numbered.map(move |(number, (service, record))| Log {
        id: Uuid::from_u64_pair(key, number),
        service,
        record,
    })
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::Database(sqlx::Error::Io(error))
}

fn begin(from_ms: Option<i64>, now: DateTime<Utc>) -> DateTime<Utc> {
    let earliest = now - TimeDelta::milliseconds(MAX_WINDOW_MS);
    from_ms
        .and_then(DateTime::from_timestamp_millis)
        .map_or(earliest, |from| from.max(earliest))
}

fn instant_ms(ms: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(now)
}

fn end_us(search: &Search, now: DateTime<Utc>) -> i64 {
    let latest = now + TimeDelta::hours(1);
    let end = search.to_ms.map_or(latest, |ms| instant_ms(ms, now));
    end.timestamp_micros()
}

fn last_trace() -> TraceId {
    TraceId::from_bytes(&[u8::MAX; 16]).unwrap_or_else(|| unreachable!("not zero"))
}
