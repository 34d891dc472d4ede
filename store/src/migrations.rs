//! The schema: plain SQL, applied as a step of its own.

use std::time::Duration;

use anyhow::Context as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;
use tokio_util::sync::CancellationToken;

use crate::args::Timescale;
use crate::database::Database;
use crate::timescale;

static MIGRATIONS: Migrator = sqlx::migrate!();
const RETRY: Duration = Duration::from_secs(1);

/// Applies what is pending, as the owner of the database.
pub async fn apply(owner_url: &str, wanted: Timescale) -> anyhow::Result<()> {
    let pool = PgPool::connect(owner_url)
        .await
        .context("cannot connect to Postgres as the owner")?;
    refuse_superuser(&pool).await?;
    MIGRATIONS
        .run(&pool)
        .await
        .context("cannot migrate the database")?;
    timescale::apply(&pool, wanted).await?;
    pool.close().await;
    tracing::info!(
        migrations = MIGRATIONS.iter().count(),
        "the schema is up to date"
    );
    Ok(())
}

/// Views look at rows as their owner, and row-level security does not hold for everybody.
async fn refuse_superuser(pool: &PgPool) -> anyhow::Result<()> {
    let statement = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user";
    let is_above: bool = sqlx::query_scalar(statement).fetch_one(pool).await?;
    anyhow::ensure!(
        !is_above,
        "the owner of the database is a superuser or bypasses row-level security, so tenants would see each other: use an ordinary role as the owner"
    );
    Ok(())
}

/// Waits for Postgres for as long as it takes; false when told to stop meanwhile. Errors when its schema is not the one this
/// program knows.
pub(crate) async fn check(database: &Database, stop: &CancellationToken) -> anyhow::Result<bool> {
    loop {
        match applied(database).await {
            Ok(applied) => return compare(&applied).map(|()| true),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => {
                anyhow::bail!("the database has no schema: run `store migrate` first");
            }
            Err(error @ (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut)) => {
                tracing::warn!(%error, "waiting for Postgres; trying again in 1 s");
            }
            Err(sqlx::Error::Database(error))
                if error.code().is_some_and(|code| code.starts_with("57P")) =>
            {
                tracing::warn!(%error, "waiting for Postgres to start; trying again in 1 s");
            }
            Err(error) => return Err(error).context("cannot use the database"),
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = stop.cancelled() => return Ok(false),
        }
    }
}

async fn applied(database: &Database) -> Result<Vec<i64>, sqlx::Error> {
    let versions =
        sqlx::query_scalar("select version from _sqlx_migrations where success order by version");
    versions.fetch_all(database.pool()).await
}

fn compare(applied: &[i64]) -> anyhow::Result<()> {
    let pending = MIGRATIONS
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .count();
    anyhow::ensure!(
        pending == 0,
        "{pending} migrations are pending: run `store migrate` first"
    );
    Ok(())
}
