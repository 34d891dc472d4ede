//! A private Postgres with the store's schema.

mod template;

use std::time::Duration;

use nix::sys::signal::Signal;
use preview_envs::server::postgres::{self, Flavour};
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::ending;
use crate::eventually::eventually;
use crate::home::Home;

const NAME: &str = "overseer";
const RESTART: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// A Postgres of one test, with one database. It is ended, and its folder removed, when dropped.
///
/// The whole cluster is a copy of a template that is made once for each set of migrations: as quick as copying a database inside
/// a shared cluster, but a test may kill it, and nothing is shared or left running.
pub struct Database {
    server: Option<postgres::Server>,
    options: postgres::Options,
    // Last: removed after the server has ended.
    _home: Home,
}

/// Names what [`database`] starts: `postgres`, as when it is not set, or `timescaledb`.
const CHOICE: &str = "OVERSEER_TEST_DATABASE";

/// Starts a Postgres whose database holds the store's schema and no rows.
pub async fn database() -> Database {
    database_with(&[]).await
}

/// The same, with settings beside the usual.
pub async fn database_with(settings: &'static [&'static str]) -> Database {
    let home = Home::new("postgres");
    let mut options = options(home.path(), flavour());
    options.settings = settings;
    template::copy_to(&options).await;
    let server = postgres::Server::start(&options)
        .await
        .expect("a copied cluster starts");
    options.port = Some(server.port());
    Database {
        server: Some(server),
        options,
        _home: home,
    }
}

impl Database {
    /// For the role that owns the schema and sees every row.
    pub fn owner_url(&self) -> String {
        self.server().owner_url(NAME)
    }

    /// For the role the store runs as.
    pub fn store_url(&self) -> String {
        self.server().store_url(NAME)
    }

    /// Connections as the owner, for a test's own questions.
    pub async fn pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(LONGEST_WAIT)
            .connect(&self.owner_url())
            .await
            .expect("the database takes connections")
    }

    /// What the server has said so far.
    pub fn log(&self) -> String {
        let log = self.options.folder.join("postgres.log");
        let bytes = std::fs::read(log).expect("the server writes a log");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Ends the server in good order.
    pub async fn stop(&mut self) {
        let server = self.server.take().expect("the server runs");
        server.stop().await.expect("the server ends");
    }

    /// Ends the server as a crash would.
    pub fn kill(&mut self) {
        let server = self.server.take().expect("the server runs");
        ending::end(server.into_process(), Signal::SIGKILL);
    }

    /// Starts the server again: same port, same database.
    pub async fn start(&mut self) {
        assert!(self.server.is_none(), "the server runs already");
        let server = eventually(RESTART, || postgres::Server::start(&self.options)).await;
        self.server = Some(server);
    }

    fn server(&self) -> &postgres::Server {
        self.server.as_ref().expect("the server runs")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            // Postgres' immediate shutdown: its own children end with it, unlike after SIGKILL.
            ending::end(server.into_process(), Signal::SIGQUIT);
        }
    }
}

/// What tests run on.
pub fn flavour() -> Flavour {
    let choice = std::env::var_os(CHOICE).unwrap_or_else(|| "postgres".into());
    match choice.to_str() {
        Some("postgres") => Flavour::Plain,
        Some("timescaledb") => Flavour::Timescale,
        _ => panic!(
            "{CHOICE} is {}: use postgres or timescaledb",
            choice.display()
        ),
    }
}

fn options(folder: &std::path::Path, flavour: Flavour) -> postgres::Options {
    postgres::Options {
        durable: false,
        flavour,
        ..postgres::Options::new(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn count(database: &Database) -> i64 {
        let pool = database.pool().await;
        let count = sqlx::query_scalar("select count(*) from pg_tables where tablename = 'mark'");
        let count = count.fetch_one(&pool).await.expect("an answer");
        pool.close().await;
        count
    }

    #[tokio::test]
    async fn a_database_is_private_and_survives_a_crash() {
        let (mut first, second) = (database().await, database().await);
        let pool = first.pool().await;
        sqlx::query("create table mark ()")
            .execute(&pool)
            .await
            .expect("created");
        pool.close().await;
        first.kill();
        first.start().await;
        assert_eq!((count(&first).await, count(&second).await), (1, 0));
    }
}
