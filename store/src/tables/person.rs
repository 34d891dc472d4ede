//! `app_user`: people, and where they belong.

use contract::account::{Identity, Membership, User};
use contract::id::{Slug, TenantId, UserId};
use contract::rpc::Role;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

/// The one form in which an e-mail address is kept and looked for.
pub(crate) fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Adds a person. The e-mail address is in its [`normal`] form.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    user: &User,
    password_hash: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into app_user (id, email, name, password_hash) values ($1, $2, $3, $4)",
        user.id.0,
        user.email,
        user.name,
        password_hash
    )
    .execute(connection)
    .instrument(sql("insert app_user"))
    .await?;
    Ok(())
}

/// The person with this [`normal`] e-mail address, and the hash of their password.
pub(crate) async fn credentials(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<(UserId, String)>, sqlx::Error> {
    let row = sqlx::query!(
        "select id, password_hash from app_user where email = $1",
        email
    )
    .fetch_optional(connection)
    .instrument(sql("select app_user"))
    .await?;
    Ok(row.map(|row| (UserId(row.id), row.password_hash)))
}

pub(crate) async fn rename(
    connection: &mut PgConnection,
    user: UserId,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!("update app_user set name = $2 where id = $1", user.0, name)
        .execute(connection)
        .instrument(sql("update app_user"))
        .await?;
    Ok(())
}

pub(crate) async fn set_password(
    connection: &mut PgConnection,
    user: UserId,
    password_hash: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update app_user set password_hash = $2 where id = $1",
        user.0,
        password_hash
    )
    .execute(connection)
    .instrument(sql("update app_user"))
    .await?;
    Ok(())
}

/// From now on what was issued to the person before is good no longer.
pub(crate) async fn begin_epoch(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update app_user set epoch = epoch + 1 where id = $1",
        user.0
    )
    .execute(connection)
    .instrument(sql("update app_user"))
    .await?;
    Ok(())
}

/// Who else is about to refer to the person waits.
pub(crate) async fn hold(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from app_user where id = $1 for update", user.0)
        .fetch_optional(connection)
        .instrument(sql("select app_user"))
        .await?;
    Ok(())
}

/// Removes a person and their sessions.
pub(crate) async fn delete(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from app_user where id = $1", user.0)
        .execute(connection)
        .instrument(sql("delete app_user"))
        .await?;
    Ok(())
}

/// The person of the transaction's scope and all their memberships.
pub(crate) async fn identity(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Option<Identity>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select u.email, u.name, u.epoch, t.id as "tenant?", t.slug as "slug?", t.name as "tenant_name?", m.role as "role?"
        from app_user u
        left join membership m on m.user_id = u.id
        left join tenant t on t.id = m.tenant_id
        where u.id = $1
        order by t.slug"#,
        user.0
    )
    .fetch_all(connection)
    .instrument(sql("select membership"))
    .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let (email, name, epoch) = (first.email.clone(), first.name.clone(), first.epoch);
    let memberships = rows
        .into_iter()
        .filter_map(|row| {
            Some(Membership {
                tenant: TenantId(row.tenant?),
                slug: row.slug?.parse::<Slug>().ok()?,
                name: row.tenant_name?,
                role: Role::parse(&row.role?)?,
            })
        })
        .collect();
    Ok(Some(Identity {
        user: User {
            id: user,
            email,
            name,
        },
        memberships,
        epoch,
    }))
}

/// Makes a person a member of a tenant, as the owner of the database, whom only the policy of tenants lets in. False where
/// one of them is not known.
pub(crate) async fn admit(
    connection: &mut PgConnection,
    email: &str,
    tenant: &Slug,
    role: Role,
) -> Result<bool, sqlx::Error> {
    let tenant = sqlx::query_scalar!("select id from tenant where slug = $1", tenant.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(tenant) = tenant else {
        return Ok(false);
    };
    sqlx::query!(
        "select set_config('overseer.tenant', $1, true) as tenant",
        tenant.to_string()
    )
    .fetch_one(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "insert into membership (tenant_id, user_id, role) select $1, id, $3 from app_user where email = $2
        on conflict (tenant_id, user_id) do update set role = excluded.role",
        tenant,
        email,
        role.as_str()
    )
    .execute(connection)
    .instrument(sql("insert membership"))
    .await?;
    Ok(done.rows_affected() > 0)
}
