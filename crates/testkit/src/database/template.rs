//! The cluster that tests copy, made once for each set of migrations.

use std::fs::File;
use std::path::{Path, PathBuf};

use preview_envs::server::postgres::{self, Flavour};
use sha2::{Digest as _, Sha256};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;

use super::{NAME, options};
use crate::home;

/// Counted up when the template is made in another way.
const EDITION: &str = "1";

/// Copies the template to the folder of a server that is to be started so; makes it first where there is none.
pub(super) async fn copy_to(wanted: &postgres::Options) {
    let migrations = preview_envs::workspace::root().join("store/migrations");
    let fingerprint = fingerprint(&migrations, wanted.flavour);
    let template = home::root().join(format!("postgres-{fingerprint}"));
    // Tests of several processes may get here together.
    let _held = lock().await;
    if !is_whole(&template) {
        make(&options(&template, wanted.flavour), &migrations).await;
    }
    postgres::copy(&template, &wanted.folder)
        .await
        .expect("a stopped cluster can be copied");
}

async fn lock() -> File {
    std::fs::create_dir_all(home::root()).expect("the target folder can be written");
    let file = File::create(home::root().join("postgres.lock")).expect("a lock file");
    let waiting = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    waiting
        .await
        .expect("waiting for a lock does not panic")
        .expect("a file can be locked")
}

async fn make(template: &postgres::Options, migrations: &Path) {
    postgres::remove(&template.folder).expect("half a template can be removed");
    let server = postgres::Server::start(template)
        .await
        .expect("a new cluster starts");
    server
        .create_database(NAME, None)
        .await
        .expect("a database is created");
    migrate(&server.owner_url(NAME), migrations, template.flavour).await;
    server.stop().await.expect("the new cluster ends");
    std::fs::write(mark(&template.folder), "").expect("the template can be marked as whole");
}

/// What `store migrate` does.
async fn migrate(url: &str, migrations: &Path, flavour: Flavour) {
    let migrator = Migrator::new(migrations)
        .await
        .expect("store/migrations can be read");
    let pool = PgPool::connect(url).await.expect("a connection");
    migrator.run(&pool).await.expect("the migrations apply");
    if flavour == Flavour::Timescale {
        let statements = std::fs::read_to_string(hypertables()).expect("they can be read");
        let transaction = format!("begin; {statements}; commit");
        sqlx::raw_sql(sqlx::AssertSqlSafe(transaction))
            .execute(&pool)
            .await
            .expect("tables become hypertables");
    }
    pool.close().await;
}

fn hypertables() -> PathBuf {
    preview_envs::workspace::root().join("store/timescale/hypertables.sql")
}

/// What a template depends on, in few characters.
fn fingerprint(migrations: &Path, flavour: Flavour) -> String {
    let mut hash = Sha256::new();
    hash.update(EDITION);
    hash.update(format!("{flavour:?}"));
    let entries = std::fs::read_dir(migrations).expect("store/migrations is there");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.push(hypertables());
    files.sort();
    for file in files {
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update(std::fs::read(&file).expect("a migration can be read"));
    }
    let digest = hash.finalize();
    let (head, _) = digest.split_first_chunk().expect("32 bytes");
    format!("{:016x}", u64::from_be_bytes(*head))
}

fn is_whole(template: &Path) -> bool {
    mark(template).exists()
}

fn mark(template: &Path) -> PathBuf {
    template.join("whole")
}
