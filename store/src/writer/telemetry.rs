//! TELEMETRY into `telemetry`: pieces of traces, sampled where there are too many.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use bus::{Failure, Message, Rejected};
use chrono::{DateTime, TimeDelta, Utc};
use contract::id::TenantId;
use contract::subject::parse;
use contract::telemetry::Received;
use opentelemetry::metrics::Counter;
use sha2::{Digest, Sha256};

use super::chunks::{self, KnownChunks};
use super::failure;
use crate::database::{Database, Scope};
use crate::metrics;
use crate::rules::telemetry::codec::Encoder;
use crate::rules::telemetry::piece::{self, Piece};
use crate::rules::telemetry::sampling::{Kept, Limits, Sampler};
use crate::tables::chunk::{Chunk, Table};
use crate::tables::telemetry::Row;
use crate::tables::{sample, telemetry, telemetry_operation};

/// An operation that was noted is noted again after this.
const NOTED: TimeDelta = TimeDelta::minutes(10);
/// Operations that are remembered as noted.
const MAX_NOTED: usize = 20_000;

type Operation = (TenantId, String, String);

/// Writes batches of spans and log records.
#[derive(Debug)]
pub(crate) struct TelemetryWriter {
    database: Database,
    chunks: KnownChunks,
    sampler: Mutex<Sampler>,
    noted: Mutex<HashMap<Operation, DateTime<Utc>>>,
    written: Counter<u64>,
}

impl TelemetryWriter {
    pub(crate) fn new(database: Database, limits: Limits) -> Self {
        Self {
            database,
            chunks: KnownChunks::default(),
            sampler: Mutex::new(Sampler::new(limits)),
            noted: Mutex::default(),
            written: metrics::telemetry_written(),
        }
    }

    /// Stores what is kept of all messages but those it returns, or nothing.
    pub(crate) async fn write(
        &self,
        messages: &[Message<Received>],
    ) -> Result<Vec<Rejected>, Failure> {
        let now = service::now();
        let mut rejected = Vec::new();
        let mut came = Vec::new();
        for (position, message) in messages.iter().enumerate() {
            match judge(message, now) {
                Ok((tenant, pieces)) => {
                    came.extend(pieces.into_iter().map(|piece| (tenant, piece)));
                }
                Err(reason) => rejected.push(Rejected { position, reason }),
            }
        }
        let operations = self.unnoted(&came, now);
        let kept = self.sampler().sift(now, came);
        let outcome = self.store(&kept, &operations, now).await;
        if let Err(error) = outcome {
            if sample::is_chunk_missing(&error) {
                self.chunks.forget();
            }
            self.sampler().put_back(now, kept);
            return Err(failure(&error));
        }
        self.note(operations, now);
        Ok(rejected)
    }

    async fn store(
        &self,
        kept: &[Kept],
        operations: &BTreeSet<Operation>,
        now: DateTime<Utc>,
    ) -> Result<(), sqlx::Error> {
        let rows = rows(kept)?;
        let wanted: BTreeSet<Chunk> = rows
            .iter()
            .map(|row| Chunk::of(Table::Telemetry, row.started_at))
            .collect();
        self.chunks.ensure(&self.database, &wanted).await?;
        let mut transaction = self.database.begin(Scope::Writer).await?;
        let added = telemetry::insert_new(&mut transaction, &rows).await?;
        let mut seen: BTreeMap<TenantId, Vec<(String, String)>> = BTreeMap::new();
        for (tenant, service, operation) in operations {
            let of_tenant = seen.entry(*tenant).or_default();
            of_tenant.push((service.clone(), operation.clone()));
        }
        for (tenant, seen) in seen {
            telemetry_operation::note(&mut transaction, tenant, &seen, now).await?;
        }
        transaction.commit().await?;
        self.written.add(added, &[]);
        Ok(())
    }

    /// The operations among these that were not noted for a while.
    fn unnoted(&self, came: &[(TenantId, Piece)], now: DateTime<Utc>) -> BTreeSet<Operation> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unnoted = BTreeSet::new();
        for (tenant, piece) in came {
            for group in &piece.groups {
                for span in &group.spans {
                    let operation = (*tenant, group.resource.service.clone(), span.name.clone());
                    if noted.get(&operation).is_none_or(|at| *at < now - NOTED) {
                        unnoted.insert(operation);
                    }
                }
            }
        }
        unnoted
    }

    fn note(&self, operations: BTreeSet<Operation>, now: DateTime<Utc>) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() + operations.len() > MAX_NOTED {
            noted.clear();
        }
        noted.extend(operations.into_iter().map(|operation| (operation, now)));
    }

    fn sampler(&self) -> std::sync::MutexGuard<'_, Sampler> {
        self.sampler.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tenant and the pieces of a message, or why it cannot be stored. Rules of last resort: ingress refuses all of this.
fn judge(
    message: &Message<Received>,
    now: DateTime<Utc>,
) -> Result<(TenantId, Vec<Piece>), String> {
    let tenant = parse::telemetry_received(&message.subject)
        .ok_or_else(|| format!("the subject {} names no tenant", message.subject))?;
    let pieces = piece::cut(tenant, &message.body.groups);
    if let Some(piece) = pieces
        .iter()
        .find(|piece| !chunks::kept(now).contains(&piece.started_at))
    {
        return Err(format!("{} is out of range", piece.started_at));
    }
    Ok((tenant, pieces))
}

fn rows(kept: &[Kept]) -> Result<Vec<Row>, sqlx::Error> {
    let mut encoder = Encoder::new()?;
    let mut rows = Vec::with_capacity(kept.len());
    for Kept {
        tenant,
        piece,
        weight,
    } in kept
    {
        let body = encoder
            .encode(&piece.groups)
            .map_err(|error| sqlx::Error::Encode(error.to_string().into()))?;
        rows.push(Row {
            tenant: *tenant,
            trace: piece.trace,
            signal: piece.signal,
            started_at: piece.started_at,
            key: key(&body),
            about: piece.about,
            longest_us: i64::try_from(piece.longest_us).unwrap_or(i64::MAX),
            severest: piece.severest.into(),
            weight: *weight,
            terms: piece.terms.clone(),
            body,
        });
    }
    Ok(rows)
}

/// What a piece is stored under: what holds the same is the same.
fn key(body: &[u8]) -> i64 {
    let hash = Sha256::digest(body);
    let (first, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    i64::from_be_bytes(*first)
}
