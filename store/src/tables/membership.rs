//! `membership`: who belongs to which tenant. With the people's names in the view `tenant_member`.

use chrono::{DateTime, Utc};
use contract::id::{TenantId, UserId};
use contract::member::{Member, Place};
use contract::rpc::Role;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Nobody belongs to a tenant twice.
pub(crate) const KEY: &str = "membership_pkey";

pub(crate) async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    tenant: TenantId,
    role: Role,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into membership (tenant_id, user_id, role) values ($1, $2, $3)",
        tenant.0,
        user.0,
        role.as_str()
    )
    .execute(connection)
    .instrument(sql("insert membership"))
    .await?;
    Ok(())
}

/// The members of the scope's tenant, those with the most rights first, then by name; all of them, or so many behind a place.
pub(crate) async fn list(
    connection: &mut PgConnection,
    after: Option<&Place>,
    limit: Option<i64>,
) -> Result<Vec<Member>, sqlx::Error> {
    let roles = Role::ALL.map(|role| role.as_str().to_owned());
    let rows = sqlx::query_as!(
        Row,
        r#"select user_id as "user_id!", name as "name!", email as "email!", role as "role!", created_at as "created_at!"
        from tenant_member
        where $2::text is null
            or (-array_position($1::text[], role), name, user_id) > (-array_position($1, $2), $3, $4)
        order by array_position($1, role) desc, name, user_id limit $5"#,
        &roles,
        after.map(|place| place.role.as_str()),
        after.map(|place| place.name.as_str()),
        after.map(|place| place.user.0),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select membership"))
    .await?;
    Ok(rows.into_iter().filter_map(Row::into_member).collect())
}

/// The roles of all members of the scope's tenant; whoever else wants to change one waits.
pub(crate) async fn hold(
    connection: &mut PgConnection,
) -> Result<Vec<(UserId, Role)>, sqlx::Error> {
    let rows = sqlx::query!("select user_id, role from membership order by user_id for update")
        .fetch_all(connection)
        .instrument(sql("select membership"))
        .await?;
    let roles = rows
        .into_iter()
        .filter_map(|row| Some((UserId(row.user_id), Role::parse(&row.role)?)));
    Ok(roles.collect())
}

pub(crate) async fn update(
    connection: &mut PgConnection,
    user: UserId,
    role: Role,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update membership set role = $2 where user_id = $1",
        user.0,
        role.as_str()
    )
    .execute(connection)
    .instrument(sql("update membership"))
    .await?;
    Ok(())
}

pub(crate) async fn delete(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from membership where user_id = $1", user.0)
        .execute(connection)
        .instrument(sql("delete membership"))
        .await?;
    Ok(())
}

struct Row {
    user_id: Uuid,
    name: String,
    email: String,
    role: String,
    created_at: DateTime<Utc>,
}

impl Row {
    fn into_member(self) -> Option<Member> {
        Some(Member {
            user: UserId(self.user_id),
            name: self.name,
            email: self.email,
            role: Role::parse(&self.role)?,
            joined_at: self.created_at,
        })
    }
}
