//! TimescaleDB where it is present: the same tables, cut by the extension instead of by us.

use anyhow::Context as _;
use sqlx::postgres::PgPool;

use crate::args::Timescale;

static HYPERTABLES: &str = include_str!("../timescale/hypertables.sql");

/// Makes the tables that are cut by time hypertables, if that is wanted and possible. What are hypertables already stay so.
pub(crate) async fn apply(pool: &PgPool, wanted: Timescale) -> anyhow::Result<()> {
    if wanted == Timescale::Off {
        return Ok(());
    }
    if !is_loaded(pool).await? {
        anyhow::ensure!(
            wanted == Timescale::Auto,
            "OVERSEER_STORE_TIMESCALE is on, but the server does not load timescaledb: see shared_preload_libraries"
        );
        return Ok(());
    }
    let mut transaction = pool.begin().await?;
    match sqlx::raw_sql(HYPERTABLES).execute(&mut *transaction).await {
        Ok(_) => transaction.commit().await?,
        Err(error) if wanted == Timescale::Auto && is_forbidden(&error) => {
            tracing::warn!(%error, "TimescaleDB is there but may not be used; staying with plain partitions");
            return Ok(());
        }
        Err(error) => return Err(error).context("cannot make hypertables"),
    }
    tracing::info!("samples and results are hypertables of TimescaleDB");
    Ok(())
}

async fn is_loaded(pool: &PgPool) -> Result<bool, sqlx::Error> {
    // A setting that only the loaded library knows; what is preloaded only a superuser may see.
    let statement =
        "select exists (select from pg_settings where name = 'timescaledb.disable_load')";
    sqlx::query_scalar(statement).fetch_one(pool).await
}

/// SQLSTATE `insufficient_privilege`.
fn is_forbidden(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("42501")
}
