//! Servers, the store's own binary, and those who talk to it.

use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::id::TenantId;
use nix::sys::signal::Signal;
use preview_envs::build;
use preview_envs::scratch::Folder;
use preview_envs::server::{Process, postgres};
use serde_json::Value;
use sqlx::PgPool;
use testkit::{Nats, eventually};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

const DATABASE: &str = "overseer";
const START: Duration = Duration::from_mins(1);
const LONGEST_DRAIN: Duration = Duration::from_mins(20);

pub(crate) struct Rig {
    nats: Nats,
    postgres: postgres::Server,
    pub(crate) ingress: Bus,
    pub(crate) frontend: Bus,
    /// As the owner of the schema.
    pub(crate) pool: PgPool,
    store: Option<Process>,
    folder: Folder,
}

impl Rig {
    /// Everything but the store itself, with a schema and no rows.
    pub(crate) async fn new() -> Self {
        let folder = Folder::new("bench-store");
        let nats = testkit::nats().await;
        nats.provision().await;
        let options = postgres::Options {
            flavour: testkit::database::flavour(),
            ..postgres::Options::new(folder.path().join("postgres"))
        };
        let postgres = postgres::Server::start(&options)
            .await
            .expect("Postgres starts");
        postgres
            .create_database(DATABASE, None)
            .await
            .expect("created");
        let owner = postgres.owner_url(DATABASE);
        migrate(&owner).await;
        let ingress = nats.bus(access::INGRESS, &CancellationToken::new()).await;
        let frontend = nats.bus(access::FRONTEND, &CancellationToken::new()).await;
        let pool = PgPool::connect(&owner).await.expect("connected");
        Self {
            nats,
            postgres,
            ingress,
            frontend,
            pool,
            store: None,
            folder,
        }
    }

    /// Starts the store and waits until it is ready.
    pub(crate) async fn start_store(&mut self) {
        let ready = self.folder.path().join("ready");
        std::fs::remove_file(&ready).ok();
        let args = self.nats.args(access::STORE);
        let mut command = Command::new(build::binary("store"));
        command
            .env("OVERSEER_NATS_URL", args.nats_url)
            .env("OVERSEER_NATS_PASSWORD", args.nats_password)
            .env(
                "OVERSEER_STORE_DATABASE_URL",
                self.postgres.store_url(DATABASE),
            )
            .env("OVERSEER_READY_FILE", &ready);
        let log = self.folder.path().join("store.log");
        let store = Process::spawn("store", command, &log).expect("the store was built");
        self.store = Some(store.stops_on(Signal::SIGTERM, START));
        eventually(START, || async {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            ready.exists().then_some(()).ok_or(text)
        })
        .await;
    }

    pub(crate) async fn stop_store(&mut self) {
        let mut store = self.store.take().expect("the store runs");
        store.stop().await.expect("the store ends");
    }

    /// A tenant, as signing up would make it.
    pub(crate) async fn tenant(&self, slug: &str) -> TenantId {
        let id = uuid::Uuid::new_v4();
        sqlx::query("insert into tenant (id, slug, name) values ($1, $2, $2)")
            .bind(id)
            .bind(slug)
            .execute(&self.pool)
            .await
            .expect("inserted");
        TenantId(id)
    }

    /// One number from the database.
    pub(crate) async fn number(&self, statement: &'static str) -> i64 {
        let answer = sqlx::query_scalar(statement).fetch_one(&self.pool).await;
        answer.expect("an answer")
    }

    /// Waits until no more than `left` messages of METRICS are not in the database, and says how many are not.
    pub(crate) async fn backlog_falls_to(&self, left: u64) -> u64 {
        let wait = async {
            loop {
                let backlog = self.backlog().await;
                if backlog <= left {
                    return backlog;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(LONGEST_DRAIN, wait).await;
        waited.expect("the store drains")
    }

    /// Messages of METRICS that the store has not acknowledged.
    async fn backlog(&self) -> u64 {
        let url = format!("{}/jsz?consumers=true", self.nats.monitor_url());
        let answer = testkit::http::client().get(url).send().await;
        let state: Value = answer.expect("an answer").json().await.expect("JSON");
        let accounts = elements(&state["account_details"]);
        let streams = accounts.flat_map(|account| elements(&account["stream_detail"]));
        streams
            .flat_map(|stream| elements(&stream["consumer_detail"]))
            .filter(|consumer| {
                let name = consumer["name"].as_str();
                name.is_some_and(|name| name.starts_with("store-metrics-"))
            })
            .map(|consumer| {
                let count = |field: &str| consumer[field].as_u64().unwrap_or_default();
                count("num_pending") + count("num_ack_pending")
            })
            .sum()
    }

    pub(crate) async fn end(mut self) {
        if self.store.is_some() {
            self.stop_store().await;
        }
        self.pool.close().await;
        self.postgres.stop().await.expect("Postgres ends");
        postgres::remove(&self.folder.path().join("postgres")).expect("removed");
    }
}

async fn migrate(owner_url: &str) {
    let mut command = Command::new(build::binary("store"));
    command
        .arg("migrate")
        .env("OVERSEER_STORE_OWNER_URL", owner_url);
    let output = command.output().await.expect("the store was built");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn elements(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}
