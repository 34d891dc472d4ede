//! `page` and `page_collaborator`: what owners describe.

pub(crate) mod directory;
pub(crate) mod settings;
pub(crate) mod throttle;

use chrono::{DateTime, Utc};
use contract::id::{PageId, TenantId, UserId};
use contract::page::{Host, Page, Place, Spec};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// A page with what only the store knows.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) page: Page,
    pub(crate) password_hash: Option<String>,
}

/// Which pages of those within the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// All where none are named.
    pub(crate) ids: Option<&'a [Uuid]>,
    /// Only those behind this one.
    pub(crate) after: Option<&'a Place>,
    pub(crate) limit: Option<i64>,
}

/// The first one of the tenant, then by title.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, revision, first, spec as "spec: Json<Spec>", password_hash, logo is not null as "has_logo!",
            host, host_token, host_verified_at, created_at, updated_at,
            array(select user_id from page_collaborator where page_id = page.id order by user_id) as "collaborators!"
        from page
        where ($1::uuid[] is null or id = any ($1))
            and ($2::boolean is null or (not first, spec ->> 'title', id) > (not $2, $3, $4))
        order by not first, spec ->> 'title', id limit $5"#,
        wanted.ids,
        wanted.after.map(|place| place.first),
        wanted.after.map(|place| place.title.as_str()),
        wanted.after.map(|place| place.id.0),
        wanted.limit
    )
    .fetch_all(connection)
    .instrument(sql("select page"))
    .await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

pub(crate) async fn read(
    connection: &mut PgConnection,
    id: PageId,
) -> Result<Option<Stored>, sqlx::Error> {
    let wanted = Wanted {
        ids: Some(&[id.0]),
        ..Wanted::default()
    };
    let found = list(connection, wanted).await?;
    Ok(found.into_iter().next())
}

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: PageId,
    spec: &Spec,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into page (id, tenant_id, slug, visibility, spec) values ($1, $2, $3, $4, $5)",
        id.0,
        tenant.0,
        spec.slug.as_str(),
        spec.visibility.as_str(),
        Json(spec) as _
    )
    .execute(connection)
    .instrument(sql("insert page"))
    .await?;
    Ok(())
}

/// Whether the page still had that revision.
pub(crate) async fn update(
    connection: &mut PgConnection,
    id: PageId,
    spec: &Spec,
    revision: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update page set slug = $2, visibility = $3, spec = $4, revision = revision + 1, updated_at = now()
        where id = $1 and revision = $5",
        id.0,
        spec.slug.as_str(),
        spec.visibility.as_str(),
        Json(spec) as _,
        revision
    )
    .execute(connection)
    .instrument(sql("update page"))
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether there was one; a tenant's first page stays.
pub(crate) async fn delete(connection: &mut PgConnection, id: PageId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from page where id = $1 and not first", id.0)
        .execute(connection)
        .instrument(sql("delete page"))
        .await?;
    Ok(done.rows_affected() > 0)
}

struct Row {
    id: Uuid,
    revision: i64,
    first: bool,
    spec: Json<Spec>,
    password_hash: Option<String>,
    has_logo: bool,
    host: Option<String>,
    host_token: Option<String>,
    host_verified_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    collaborators: Vec<Uuid>,
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        let host = row.host.zip(row.host_token);
        let page = Page {
            id: PageId(row.id),
            revision: row.revision,
            first: row.first,
            spec: row.spec.0,
            has_password: row.password_hash.is_some(),
            has_logo: row.has_logo,
            host: host.map(|(name, token)| Host::new(name, &token, row.host_verified_at)),
            collaborators: row.collaborators.into_iter().map(UserId).collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Self {
            page,
            password_hash: row.password_hash,
        }
    }
}
