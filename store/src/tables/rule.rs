//! `rule`: what tenants want to be told of.

use contract::id::{RuleId, TenantId};
use contract::rule::{Rule, Spec};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// No two rules of a tenant have one name.
pub(crate) const NAME_KEY: &str = "rule_name_key";

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    spec: &Spec,
) -> Result<Rule, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"insert into rule (id, tenant_id, name, monitor_id, spec) values ($1, $2, $3, $4, $5)
        returning id, tenant_id, revision, spec as "spec: Json<Spec>""#,
        RuleId::generate().0,
        tenant.0,
        spec.name,
        spec.condition.monitor().map(|monitor| monitor.0),
        Json(spec) as _
    )
    .fetch_one(connection)
    .instrument(sql("insert rule"))
    .await
    .map(Rule::from)
}

/// Nothing where there is none, or none of this revision.
pub(crate) async fn update(
    connection: &mut PgConnection,
    id: RuleId,
    spec: &Spec,
    revision: Option<i64>,
) -> Result<Option<Rule>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"update rule set revision = revision + 1, name = $2, monitor_id = $3, spec = $4, updated_at = now()
        where id = $1 and ($5::bigint is null or revision = $5)
        returning id, tenant_id, revision, spec as "spec: Json<Spec>""#,
        id.0,
        spec.name,
        spec.condition.monitor().map(|monitor| monitor.0),
        Json(spec) as _,
        revision
    )
    .fetch_optional(connection)
    .instrument(sql("update rule"))
    .await?;
    Ok(row.map(Rule::from))
}

/// Whether there was one.
pub(crate) async fn delete(connection: &mut PgConnection, id: RuleId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from rule where id = $1", id.0)
        .execute(connection)
        .instrument(sql("delete rule"))
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Which rules of those within the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// All where none are named.
    pub(crate) ids: Option<&'a [Uuid]>,
    /// Only those behind this name.
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: Option<i64>,
}

/// In the order of their names.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Rule>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, tenant_id, revision, spec as "spec: Json<Spec>" from rule
        where ($1::uuid[] is null or id = any ($1)) and ($2::text is null or name > $2)
        order by name, id limit $3"#,
        wanted.ids,
        wanted.after,
        wanted.limit
    )
    .fetch_all(connection)
    .instrument(sql("select rule"))
    .await?;
    Ok(rows.into_iter().map(Rule::from).collect())
}

struct Row {
    id: Uuid,
    tenant_id: Uuid,
    revision: i64,
    spec: Json<Spec>,
}

impl From<Row> for Rule {
    fn from(row: Row) -> Self {
        Self {
            id: RuleId(row.id),
            tenant: TenantId(row.tenant_id),
            revision: row.revision,
            spec: row.spec.0,
        }
    }
}
