//! `series`: what samples are samples of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::metric::{Kind, Labels, PackedSeries};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;

use crate::database::sql;

/// Half a SHA-256 over a series' name and labels: names it within its tenant.
pub(crate) type Fingerprint = [u8; 16];

/// A series as it came with samples.
#[derive(Clone)]
pub(crate) struct Seen<'a> {
    pub(crate) series: PackedSeries<'a>,
    /// Times of its oldest and its newest sample.
    pub(crate) first_at: DateTime<Utc>,
    pub(crate) last_at: DateTime<Utc>,
}

impl Seen<'_> {
    /// Takes in the times of another sight of the same series.
    pub(crate) fn widen(&mut self, other: &Self) {
        self.first_at = self.first_at.min(other.first_at);
        self.last_at = self.last_at.max(other.last_at);
    }
}

/// `labels` come in the order of their names.
pub(crate) fn fingerprint<'a>(
    name: &'a str,
    labels: impl Iterator<Item = (&'a str, &'a str)>,
) -> Fingerprint {
    let mut hash = Sha256::new();
    let labels = labels.flat_map(|(name, value)| [name, value]);
    for text in std::iter::once(name).chain(labels) {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text);
    }
    let mut half = Fingerprint::default();
    half.copy_from_slice(&hash.finalize()[..16]);
    half
}

/// What is stored of a series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) first_seen: DateTime<Utc>,
    pub(crate) last_seen: DateTime<Utc>,
}

/// Which of these series the scope's tenant has.
pub(crate) async fn known(
    connection: &mut PgConnection,
    tenant: TenantId,
    fingerprints: &[Fingerprint],
) -> Result<BTreeSet<Fingerprint>, sqlx::Error> {
    let wanted: Vec<Vec<u8>> = fingerprints.iter().map(|one| one.to_vec()).collect();
    let found = sqlx::query_scalar!(
        "select fingerprint from series where tenant_id = $1 and fingerprint = any ($2)",
        tenant.0,
        &wanted
    )
    .fetch_all(connection)
    .instrument(sql("select series"))
    .await?;
    let found = found.into_iter().filter_map(|one| one.try_into().ok());
    Ok(found.collect())
}

/// How many series the scope's tenant had in use since an instant, and how many its plan allows.
pub(crate) async fn usage(
    connection: &mut PgConnection,
    tenant: TenantId,
    since: DateTime<Utc>,
) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"select count(*) as "active!",
            (select active_series from tenant where id = $1)::bigint as allowed
        from series where tenant_id = $1 and last_seen >= $2"#,
        tenant.0,
        since
    )
    .fetch_one(connection)
    .instrument(sql("select series"))
    .await?;
    Ok((row.active, row.allowed.unwrap_or(i64::MAX)))
}

/// Registers series of the scope's tenant, or notes that they were seen again. In the order of their fingerprints, so that
/// two writers never wait for each other in a circle.
pub(crate) async fn upsert(
    connection: &mut PgConnection,
    tenant: TenantId,
    seen: &BTreeMap<Fingerprint, Seen<'_>>,
) -> Result<Vec<(Fingerprint, Stored)>, sqlx::Error> {
    let fingerprints: Vec<Vec<u8>> = seen
        .keys()
        .map(|fingerprint| fingerprint.to_vec())
        .collect();
    let series = || seen.values().map(|seen| seen.series);
    let names: Vec<String> = series().map(|one| one.name().to_owned()).collect();
    let labels: Vec<serde_json::Value> = series().map(|one| object(one.labels())).collect();
    let units: Vec<Option<String>> = series().map(|one| one.unit().map(str::to_owned)).collect();
    let kinds: Vec<String> = series()
        .map(|one| kind_name(one.kind()).to_owned())
        .collect();
    let firsts: Vec<DateTime<Utc>> = seen.values().map(|seen| seen.first_at).collect();
    let lasts: Vec<DateTime<Utc>> = seen.values().map(|seen| seen.last_at).collect();
    let rows = sqlx::query!(
        "insert into series (tenant_id, name, labels, unit, kind, fingerprint, first_seen, last_seen)
        select $1, name, labels, unit, kind, fingerprint, first_seen, last_seen
        from unnest($2::text[], $3::jsonb[], $4::text[], $5::text[], $6::bytea[], $7::timestamptz[], $8::timestamptz[])
            as seen (name, labels, unit, kind, fingerprint, first_seen, last_seen)
        on conflict (tenant_id, fingerprint) do update
            set first_seen = least(series.first_seen, excluded.first_seen),
                last_seen = greatest(series.last_seen, excluded.last_seen),
                unit = coalesce(excluded.unit, series.unit), kind = excluded.kind
        returning id, fingerprint, first_seen, last_seen",
        tenant.0,
        &names,
        &labels,
        &units as &[Option<String>],
        &kinds,
        &fingerprints,
        &firsts,
        &lasts
    )
    .fetch_all(connection)
    .instrument(sql("insert series"))
    .await?;
    let stored = rows.into_iter().filter_map(|row| {
        let stored = Stored {
            id: row.id,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
        };
        Some((row.fingerprint.try_into().ok()?, stored))
    });
    Ok(stored.collect())
}

/// The series of a metric that have all these labels, at most `limit`.
pub(crate) async fn matching(
    connection: &mut PgConnection,
    metric: &str,
    labels: &Labels,
    limit: i64,
) -> Result<Vec<(i64, Labels)>, sqlx::Error> {
    if labels.is_empty() {
        return of_metric(connection, metric, limit).await;
    }
    let (names, values): (Vec<String>, Vec<String>) = labels.clone().into_iter().unzip();
    let rows = sqlx::query!(
        r#"select id, labels as "labels: Json<Labels>" from series
        where id in (
            select series_id
            from unnest($2::text[], $3::text[]) as wanted (label, value) join series_label using (label, value)
            where metric = $1 group by series_id having count(*) = cardinality($2::text[])
        ) limit $4"#,
        metric,
        &names,
        &values,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select series"))
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.labels.0)).collect())
}

async fn of_metric(
    connection: &mut PgConnection,
    metric: &str,
    limit: i64,
) -> Result<Vec<(i64, Labels)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, labels as "labels: Json<Labels>" from series where name = $1 limit $2"#,
        metric,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select series"))
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.labels.0)).collect())
}

fn object<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> serde_json::Value {
    labels
        .map(|(name, value)| (name.to_owned(), serde_json::Value::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::Counter => "counter",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_series_look_alike_because_of_where_a_name_ends() {
        let all = [
            fingerprint("cpu", [].into_iter()),
            fingerprint("cpu", [("host", "a")].into_iter()),
            fingerprint("cpu", [("hosta", "")].into_iter()),
            fingerprint("cpuhost", [("a", "")].into_iter()),
        ];
        for (n, left) in all.iter().enumerate() {
            assert!(all[n + 1..].iter().all(|right| right != left));
        }
    }
}
