//! Whether Postgres can be reached, for `/readyz`.

use std::time::Duration;

use service::Check;
use tokio_util::sync::CancellationToken;

use crate::database::Database;

const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks every second until told to stop.
pub(crate) async fn run(database: Database, postgres: Check, stop: CancellationToken) {
    loop {
        let answer = sqlx::query("select 1").execute(database.pool());
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(_)) => postgres.up(),
            Ok(Err(error)) => postgres.down(&error.to_string()),
            Err(_) => postgres.down("gives no answer within 2 s"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}
