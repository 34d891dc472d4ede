//! A store with all it needs, and the voices of those who talk to it.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::account::Session;
use contract::id::TenantId;
use contract::monitor::{self, Monitor};
use contract::page::{Address, Show, View};
use contract::rpc::{Caller, Error, Request};
use sqlx::{PgPool, Postgres, Transaction};
use testkit::{Database, Nats, Process, eventually};
use tokio_util::sync::CancellationToken;

use crate::messages::{sign_up, spec};

pub(crate) const SOON: Duration = Duration::from_secs(20);

/// All samples, hot or in blocks, as a table to count.
pub(crate) const SAMPLES: &str = "(select from sample union all select from sample_block, generate_series(1, samples)) all_samples";

pub(crate) struct Deployment {
    pub(crate) nats: Nats,
    pub(crate) database: Database,
    /// Connections as the owner, who may look into samples and results.
    pub(crate) pool: PgPool,
    store: Option<Process>,
    frontend: Bus,
}

impl Deployment {
    /// A running store without any tenant.
    pub(crate) async fn start() -> Self {
        Self::start_on(testkit::database().await).await
    }

    /// The same, on a database of the test's choice.
    pub(crate) async fn start_on(database: Database) -> Self {
        let nats = testkit::nats().await;
        nats.provision().await;
        let pool = database.pool().await;
        let frontend = nats.bus(access::FRONTEND, &CancellationToken::new()).await;
        let mut deployment = Self {
            nats,
            database,
            pool,
            store: None,
            frontend,
        };
        deployment.start_store().await;
        deployment
    }

    pub(crate) async fn start_store(&mut self) {
        let store = Process::start(access::STORE, store::run, self.store_args()).await;
        self.store = Some(store);
    }

    pub(crate) fn store_args(&self) -> store::Args {
        self.args(&[])
    }

    fn args(&self, more: &[&str]) -> store::Args {
        let nats = self.nats.args(access::STORE);
        let url = self.database.store_url();
        let common = [
            "--nats-url",
            &nats.nats_url,
            "--nats-password",
            &nats.nats_password,
            "--database-url",
            &url,
        ];
        testkit::args(&[&common, more].concat())
    }

    /// Closes hours and forgets what is too old, now.
    pub(crate) async fn tidy(&self) {
        self.try_tidy().await.expect("tidied");
    }

    /// Tidies until nothing was left to close. The running store closes hours, too, and what it is at is left to it.
    pub(crate) async fn close_all(&self, tenant: TenantId) {
        eventually(SOON, || async {
            let hot = self.count(tenant, "sample").await;
            self.tidy().await;
            match hot {
                0 => Ok(()),
                _ => Err(format!("{hot} rows are not closed")),
            }
        })
        .await;
    }

    pub(crate) async fn try_tidy(&self) -> anyhow::Result<()> {
        store::run(self.args(&["tidy"]), service::Context::new("store")).await
    }

    pub(crate) fn store(&self) -> &Process {
        self.store.as_ref().expect("the store runs")
    }

    pub(crate) async fn stop_store(&mut self) {
        self.store.take().expect("the store runs").stop().await;
    }

    pub(crate) fn kill_store(&mut self) {
        self.store.take().expect("the store runs").kill();
    }

    /// Ends everything in good order.
    pub(crate) async fn stop(mut self) {
        self.stop_store().await;
        self.pool.close().await;
    }

    pub(crate) async fn bus(&self, user: &'static str) -> Bus {
        self.nats.bus(user, &CancellationToken::new()).await
    }

    pub(crate) async fn ask<R: Request>(
        &self,
        caller: &Caller,
        request: R,
    ) -> Result<R::Reply, Error> {
        self.frontend.ask(caller, &request).await
    }

    /// A person with a tenant of their own.
    pub(crate) async fn sign_up(&self, name: &str) -> Owner {
        let session = eventually(SOON, || self.ask(&Caller::Visitor, sign_up(name))).await;
        Owner::of(&session)
    }

    /// Rows of a table, as its owner counts them on behalf of a tenant.
    pub(crate) async fn count(&self, tenant: TenantId, table: &str) -> i64 {
        let mut transaction = self.begin(tenant).await;
        let statement = format!("select count(*) from {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .fetch_one(&mut *transaction)
            .await
            .expect("an answer")
    }

    /// Changes what only time would.
    pub(crate) async fn execute(&self, tenant: TenantId, statement: &'static str) {
        let mut transaction = self.begin(tenant).await;
        sqlx::query(statement)
            .execute(&mut *transaction)
            .await
            .expect("executed");
        transaction.commit().await.expect("committed");
    }

    pub(crate) async fn begin(&self, tenant: TenantId) -> Transaction<'static, Postgres> {
        let mut transaction = self.pool.begin().await.expect("a transaction");
        sqlx::query("select set_config('overseer.tenant', $1, true)")
            .bind(tenant.to_string())
            .execute(&mut *transaction)
            .await
            .expect("set");
        transaction
    }

    pub(crate) async fn eventually_count(&self, tenant: TenantId, table: &str, expected: i64) {
        self.count_within(SOON, tenant, table, expected).await;
    }

    pub(crate) async fn count_within(
        &self,
        deadline: Duration,
        tenant: TenantId,
        table: &str,
        expected: i64,
    ) {
        eventually(deadline, || async {
            match self.count(tenant, table).await {
                count if count == expected => Ok(()),
                count => Err(format!("{count} rows in {table} instead of {expected}")),
            }
        })
        .await;
    }

    pub(crate) async fn create_monitor(&self, owner: &Owner, name: &str) -> Monitor {
        let spec = spec(name);
        self.ask(&owner.caller, monitor::Create { spec })
            .await
            .expect("created")
    }

    /// A tenant's first page, as anybody sees it.
    pub(crate) async fn first_page(&self, tenant: &str) -> View {
        let show = Show::of(Address::first(tenant.parse().expect("a slug")));
        let shown = self.ask(&Caller::Visitor, show).await;
        shown.expect("a page").open().expect("no password")
    }

    /// The subjects of all requests that the running store answers, as the NATS server knows them.
    pub(crate) async fn requests(&self) -> BTreeSet<String> {
        let state = self.monitor("connz?subs=true").await;
        let connections = state["connections"].as_array().into_iter().flatten();
        connections
            .flat_map(|one| one["subscriptions_list"].as_array().into_iter().flatten())
            .filter_map(|subject| subject.as_str())
            .filter(|subject| subject.starts_with("overseer.v1.store."))
            .map(str::to_owned)
            .collect()
    }

    /// How many messages a stream holds.
    pub(crate) async fn messages(&self, stream: &str) -> u64 {
        let state = self.monitor("jsz?streams=true").await;
        let streams = state["account_details"].as_array().into_iter().flatten();
        streams
            .flat_map(|account| account["stream_detail"].as_array().into_iter().flatten())
            .find(|found| found["name"] == stream)
            .and_then(|found| found["state"]["messages"].as_u64())
            .expect("the stream exists")
    }

    async fn monitor(&self, path: &str) -> serde_json::Value {
        let url = format!("{}/{path}", self.nats.monitor_url());
        let answer = testkit::http::client().get(url).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }
}

/// A person and their tenant.
pub(crate) struct Owner {
    pub(crate) tenant: TenantId,
    pub(crate) caller: Caller,
}

impl Owner {
    pub(crate) fn of(session: &Session) -> Self {
        let membership = &session.identity.memberships[0];
        let caller = Caller::Member {
            tenant: membership.tenant,
            user: session.identity.user.id,
            role: membership.role,
        };
        Self {
            tenant: membership.tenant,
            caller,
        }
    }

    pub(crate) fn service(&self) -> Caller {
        Caller::Service {
            tenant: self.tenant,
        }
    }
}
