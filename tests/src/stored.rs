//! What the database holds, counted in the rows themselves: of hours that are not closed yet, so not of what is older than ten
//! minutes.

use std::time::Duration;

use sqlx::{PgPool, Postgres, Transaction};
use testkit::eventually;

use crate::Environment;
use crate::load::Account;

/// Waits until the environment's tenant has as many samples of a metric as were acknowledged, and holds them against these.
pub async fn becomes(
    environment: &Environment,
    metric: &str,
    acknowledged: Account,
    deadline: Duration,
) {
    let database = environment.database().await;
    let tenant = environment.tenant();
    let stored = eventually(deadline, || async {
        let stored = of_metric(&database, &tenant, metric).await;
        let stored = stored.map_err(|error| error.to_string())?;
        if stored.samples >= acknowledged.samples {
            Ok(stored)
        } else {
            Err(format!("{stored:?} of {acknowledged:?}"))
        }
    })
    .await;
    database.close().await;
    assert_eq!(stored, acknowledged);
}

/// The samples of a metric of a tenant, whose values are whole numbers.
pub async fn of_metric(database: &PgPool, tenant: &str, metric: &str) -> sqlx::Result<Account> {
    let statement = "select count(*), coalesce(sum(value), 0)::bigint
        from series join sample on sample.series_id = series.id where series.name = $1";
    let mut transaction = begin(database, tenant).await?;
    let (samples, sum) = sqlx::query_as(statement)
        .bind(metric)
        .fetch_one(&mut *transaction)
        .await?;
    Ok(Account { samples, sum })
}

/// How many samples of a tenant have a label that begins with a text.
pub async fn of_label(
    database: &PgPool,
    tenant: &str,
    label: &str,
    beginning: &str,
) -> sqlx::Result<i64> {
    let statement = "select count(*) from series join sample on sample.series_id = series.id
        where starts_with(series.labels ->> $1, $2)";
    let mut transaction = begin(database, tenant).await?;
    sqlx::query_scalar(statement)
        .bind(label)
        .bind(beginning)
        .fetch_one(&mut *transaction)
        .await
}

/// The schema shows rows of the transaction's tenant alone, also to its owner.
pub async fn begin(
    database: &PgPool,
    tenant: &str,
) -> sqlx::Result<Transaction<'static, Postgres>> {
    let mut transaction = database.begin().await?;
    sqlx::query("select set_config('overseer.tenant', id::text, true) from tenant where slug = $1")
        .bind(tenant)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}
