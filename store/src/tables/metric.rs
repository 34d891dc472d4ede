//! `metric` and `series_label`: the catalogue of a tenant's metrics. Triggers keep both equal to `series`.

use chrono::{DateTime, Utc};
use contract::metric::Kind;
use contract::query::Metric;
use sqlx::PgConnection;
use tracing::Instrument;

use super::series::kind_name;
use crate::database::sql;

/// The metrics of the scope's tenant whose names begin like this, in the order of their names behind `after`.
pub(crate) async fn list(
    connection: &mut PgConnection,
    prefix: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Metric>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select name, kind, unit, labels, series_count, last_seen from metric
        where name >= $1 and starts_with(name, $1) and ($3::text is null or name > $3) order by name limit $2",
        prefix,
        limit,
        after
    )
    .fetch_all(connection)
    .instrument(sql("select metric"))
    .await?;
    Ok(rows.into_iter().map(Metric::from).collect())
}

/// Which values of a label.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) metric: &'a str,
    pub(crate) label: &'a str,
    pub(crate) prefix: &'a str,
    /// Only those behind this one.
    pub(crate) after: Option<&'a str>,
}

/// The different values of a label, in their order: from one to the next by the index, however many series share it.
pub(crate) async fn values(
    connection: &mut PgConnection,
    wanted: Values<'_>,
    limit: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with recursive found (value) as (
            (select value from series_label
                where metric = $1 and label = $2 and value >= $3 and ($5::text is null or value > $5) order by value limit 1)
            union all
            select (select value from series_label
                where metric = $1 and label = $2 and value > found.value order by value limit 1)
            from found where starts_with(found.value, $3)
        )
        select value as "value!" from found where starts_with(value, $3) limit $4"#,
        wanted.metric,
        wanted.label,
        wanted.prefix,
        limit,
        wanted.after
    )
    .fetch_all(connection)
    .instrument(sql("select series_label"))
    .await
}

struct Row {
    name: String,
    kind: String,
    unit: Option<String>,
    labels: Vec<String>,
    series_count: i64,
    last_seen: DateTime<Utc>,
}

impl From<Row> for Metric {
    fn from(row: Row) -> Self {
        let is_counter = row.kind == kind_name(Kind::Counter);
        Self {
            kind: if is_counter {
                Kind::Counter
            } else {
                Kind::Gauge
            },
            name: row.name,
            unit: row.unit,
            series_count: row.series_count,
            labels: row.labels,
            last_seen_ms: row.last_seen.timestamp_millis(),
        }
    }
}
