//! A trace together with those it is joined with: where its messages came from, and what became of its own.

use std::collections::{BTreeMap, BTreeSet};

use contract::id::TenantId;
use contract::telemetry::{self as wire, Joined, Log, Placed, Signal, SpanId, TraceId};
use sqlx::PgConnection;

use super::{MAX_PIECES, decode, logs_of, unreadable};
use crate::failure::Failure;
use crate::rules::telemetry::codec::Decoder;
use crate::rules::telemetry::terms;
use crate::tables::telemetry;

/// Most traces of one picture, and how far from the one that was asked for.
const MAX_TRACES: usize = 24;
const MAX_HOPS: usize = 4;
/// How long after a trace others may take up its messages and still be found.
const PATIENCE_US: i64 = 15 * 60 * 1_000_000;
/// Most spans and log records of an answer, and their text: it has to fit into a message.
const MAX_RECORDS: usize = 1_500;
const MAX_BYTES: usize = 700 << 10;

type Spans = BTreeMap<(TraceId, SpanId), Placed>;

/// `None` where nothing of it may be seen.
pub(super) async fn join(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: TraceId,
) -> Result<Option<Joined>, Failure> {
    let mut spans = load(connection, &[id]).await?;
    if spans.is_empty() {
        return Ok(None);
    }
    let mut known = BTreeSet::from([id]);
    let mut truncated = upstream(connection, &mut spans, &mut known, id).await?;
    truncated |= downstream(connection, tenant, &mut spans, &mut known, id).await?;
    let traces: Vec<TraceId> = known.into_iter().collect();
    let logs = load_logs(connection, &traces).await?;
    let mut joined = Joined {
        id,
        spans: spans.into_values().collect(),
        logs,
        truncated,
    };
    // The trace that was asked for is told first where not all can be told.
    joined
        .spans
        .sort_by_key(|one| (one.span.trace_id != id, one.span.start_us));
    fit(&mut joined);
    joined.spans.sort_by_key(|one| one.span.start_us);
    Ok(Some(joined))
}

/// Follows links to where messages came from; not to what else became of those. Says whether there is more.
async fn upstream(
    connection: &mut PgConnection,
    spans: &mut Spans,
    known: &mut BTreeSet<TraceId>,
    id: TraceId,
) -> Result<bool, Failure> {
    let mut newest = vec![id];
    for _ in 0..MAX_HOPS {
        let linked = spans
            .values()
            .filter(|one| newest.contains(&one.span.trace_id))
            .flat_map(|one| one.span.links.iter().map(|link| link.trace_id));
        let linked: BTreeSet<TraceId> = linked.filter(|trace| !known.contains(trace)).collect();
        let (next, is_more) = admit(known, linked);
        if next.is_empty() {
            return Ok(is_more);
        }
        spans.append(&mut load(connection, &next).await?);
        newest = next;
    }
    Ok(true)
}

/// Follows links from what became of messages; not to where else that came from.
async fn downstream(
    connection: &mut PgConnection,
    tenant: TenantId,
    spans: &mut Spans,
    known: &mut BTreeSet<TraceId>,
    id: TraceId,
) -> Result<bool, Failure> {
    let mut newest = vec![id];
    for _ in 0..MAX_HOPS {
        let links: Vec<i32> = newest.iter().map(|trace| terms::link(*trace)).collect();
        let of_newest = || {
            spans
                .values()
                .filter(|one| newest.contains(&one.span.trace_id))
        };
        let begin = of_newest().map(|one| one.span.start_us).min();
        let end = of_newest().map(|one| one.span.end_us()).max();
        let (Some(begin), Some(end)) = (begin, end) else {
            return Ok(false);
        };
        let tenants = [tenant, wire::TENANT];
        let between = (begin, end.saturating_add(PATIENCE_US));
        let most = i64::try_from(2 * MAX_TRACES).unwrap_or(i64::MAX);
        let linking = telemetry::linking(connection, tenants, &links, between, most).await?;
        let linking = linking.into_iter().filter(|trace| !known.contains(trace));
        let (next, is_more) = admit(known, linking.collect());
        if next.is_empty() {
            return Ok(is_more);
        }
        let mut loaded = load(connection, &next).await?;
        // A hash may have been another's.
        let really = |one: &&Placed| {
            let mut links = one.span.links.iter();
            links.any(|link| newest.contains(&link.trace_id))
        };
        let linked = loaded.values().filter(really);
        let linked: BTreeSet<TraceId> = linked.map(|one| one.span.trace_id).collect();
        loaded.retain(|(trace, _), _| linked.contains(trace));
        spans.append(&mut loaded);
        newest = linked.into_iter().collect();
        if newest.is_empty() {
            return Ok(is_more);
        }
    }
    Ok(true)
}

/// Those for which there is room, and whether there are more.
fn admit(known: &mut BTreeSet<TraceId>, found: BTreeSet<TraceId>) -> (Vec<TraceId>, bool) {
    let room = MAX_TRACES.saturating_sub(known.len());
    let is_more = found.len() > room;
    let next: Vec<TraceId> = found.into_iter().take(room).collect();
    known.extend(&next);
    (next, is_more)
}

async fn load(connection: &mut PgConnection, traces: &[TraceId]) -> Result<Spans, Failure> {
    let stored = telemetry::of_traces(connection, traces, Signal::Spans, MAX_PIECES).await?;
    let mut decoder = Decoder::new().map_err(unreadable)?;
    let mut spans = Spans::new();
    for group in stored.iter().flat_map(|piece| decode(&mut decoder, piece)) {
        for span in group.spans {
            let service = group.resource.service.clone();
            let id = (span.trace_id, span.span_id);
            spans.insert(id, Placed { service, span });
        }
    }
    Ok(spans)
}

async fn load_logs(connection: &mut PgConnection, traces: &[TraceId]) -> Result<Vec<Log>, Failure> {
    let stored = telemetry::of_traces(connection, traces, Signal::Logs, MAX_PIECES).await?;
    let mut decoder = Decoder::new().map_err(unreadable)?;
    let read = stored.iter().flat_map(|piece| logs_of(&mut decoder, piece));
    let mut logs: Vec<Log> = read.collect();
    logs.sort_by_key(|log| log.record.at_us);
    Ok(logs)
}

/// Leaves out what does not fit into an answer, from the end.
fn fit(joined: &mut Joined) {
    let Joined {
        spans,
        logs,
        truncated,
        ..
    } = joined;
    let mut bytes = 0;
    let mut room = |size: usize| {
        bytes += size;
        bytes <= MAX_BYTES
    };
    let fitting = spans.iter().take_while(|one| room(size(one))).count();
    let fitting_logs = logs.iter().take_while(|one| room(size(one))).count();
    let (most, most_logs) = (fitting.min(MAX_RECORDS), fitting_logs.min(MAX_RECORDS));
    *truncated |= most < spans.len() || most_logs < logs.len();
    spans.truncate(most);
    logs.truncate(most_logs);
}

fn size(record: &impl serde::Serialize) -> usize {
    serde_json::to_vec(record).map_or(0, |json| json.len())
}
