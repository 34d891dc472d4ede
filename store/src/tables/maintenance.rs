//! `maintenance`: planned work.

use contract::id::{MaintenanceId, TenantId};
use contract::maintenance::{Maintenance, Spec};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    spec: &Spec,
) -> Result<Maintenance, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"insert into maintenance (id, tenant_id, name, spec) values ($1, $2, $3, $4)
        returning id, tenant_id, spec as "spec: Json<Spec>""#,
        MaintenanceId::generate().0,
        tenant.0,
        spec.name,
        Json(spec) as _
    )
    .fetch_one(connection)
    .instrument(sql("insert maintenance"))
    .await
    .map(Maintenance::from)
}

pub(crate) async fn update(
    connection: &mut PgConnection,
    id: MaintenanceId,
    spec: &Spec,
) -> Result<Option<Maintenance>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"update maintenance set name = $2, spec = $3 where id = $1
        returning id, tenant_id, spec as "spec: Json<Spec>""#,
        id.0,
        spec.name,
        Json(spec) as _
    )
    .fetch_optional(connection)
    .instrument(sql("update maintenance"))
    .await?;
    Ok(row.map(Maintenance::from))
}

/// Whether there was one.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: MaintenanceId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from maintenance where id = $1", id.0)
        .execute(connection)
        .instrument(sql("delete maintenance"))
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Which windows of those within the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// All where none are named.
    pub(crate) ids: Option<&'a [Uuid]>,
    /// Only those behind this one.
    pub(crate) after: Option<MaintenanceId>,
    pub(crate) limit: Option<i64>,
}

/// In the order in which they were planned.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Maintenance>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, tenant_id, spec as "spec: Json<Spec>" from maintenance
        where ($1::uuid[] is null or id = any ($1)) and ($2::uuid is null or id > $2)
        order by id limit $3"#,
        wanted.ids,
        wanted.after.map(|id| id.0),
        wanted.limit
    )
    .fetch_all(connection)
    .instrument(sql("select maintenance"))
    .await?;
    Ok(rows.into_iter().map(Maintenance::from).collect())
}

struct Row {
    id: Uuid,
    tenant_id: Uuid,
    spec: Json<Spec>,
}

impl From<Row> for Maintenance {
    fn from(row: Row) -> Self {
        Self {
            id: MaintenanceId(row.id),
            tenant: TenantId(row.tenant_id),
            spec: row.spec.0,
        }
    }
}
