//! NATS, Postgres, store, processor and monitors of one region; probers come as they are wanted.

use contract::access;
use contract::account::{SignUp, SignUpForm};
use contract::id::MonitorId;
use contract::monitor::{Create, Spec};
use contract::rpc::Caller;
use sqlx::PgPool;
use system_tests::process::Running;
use testkit::nats::REGIONS;
use testkit::target::Server;
use testkit::{Database, Nats};
use tokio_util::sync::CancellationToken;

use crate::table::Table;

pub(crate) struct Deployment {
    pub(crate) nats: Nats,
    database: Database,
    pool: PgPool,
    store: Running,
    processor: Running,
    target: Server,
    /// With their intervals.
    monitors: Vec<(MonitorId, u32)>,
}

impl Deployment {
    /// One monitor for each interval, all looked at from the first region.
    pub(crate) async fn start(intervals_s: &[u32]) -> Self {
        let (nats, database) = (testkit::nats().await, testkit::database().await);
        nats.provision().await;
        let url = ("OVERSEER_STORE_DATABASE_URL", database.store_url());
        let mut deployment = Self {
            store: Running::service(access::STORE, &nats, &[url]).await,
            processor: Running::service(access::PROCESSOR, &nats, &[]).await,
            pool: database.pool().await,
            target: Server::http().await,
            monitors: Vec::new(),
            nats,
            database,
        };
        deployment.watch(intervals_s).await;
        deployment
    }

    pub(crate) async fn prober(&self) -> Running {
        let own = [
            ("OVERSEER_PROBER_REGIONS", REGIONS[0].to_owned()),
            ("OVERSEER_PROBER_ALLOW", "127.0.0.0/8".to_owned()),
        ];
        Running::service(access::PROBER, &self.nats, &own).await
    }

    /// Kills it and starts another one.
    pub(crate) async fn restart_processor(&mut self) {
        self.processor.kill();
        self.processor = Running::service(access::PROCESSOR, &self.nats, &[]).await;
    }

    pub(crate) async fn tables(&self) -> sqlx::Result<Vec<Table>> {
        let mut tables = Vec::new();
        for (monitor, interval_s) in &self.monitors {
            tables.push(Table::read(&self.pool, *monitor, *interval_s).await?);
        }
        Ok(tables)
    }

    /// Ends everything in good order.
    pub(crate) async fn stop(mut self) {
        drop((self.processor, self.store));
        self.pool.close().await;
        self.nats.stop().await;
        self.database.stop().await;
    }

    async fn watch(&mut self, intervals_s: &[u32]) {
        let frontend = self
            .nats
            .bus(access::FRONTEND, &CancellationToken::new())
            .await;
        let form = SignUpForm {
            email: "owner@example.com".to_owned(),
            password: "correct horse battery".to_owned(),
            name: "Owner".to_owned(),
            tenant: Some("ticks".parse().expect("a slug")),
            invitation: None,
        };
        let session = frontend
            .ask(&Caller::Visitor, &SignUp { form })
            .await
            .expect("signed up");
        let membership = &session.identity.memberships[0];
        let caller = Caller::Member {
            tenant: membership.tenant,
            user: session.identity.user.id,
            role: membership.role,
        };
        for (position, interval_s) in intervals_s.iter().enumerate() {
            let spec = self.spec(position, *interval_s);
            let monitor = frontend
                .ask(&caller, &Create { spec })
                .await
                .expect("created");
            self.monitors.push((monitor.id, *interval_s));
        }
    }

    fn spec(&self, position: usize, interval_s: u32) -> Spec {
        let spec = serde_json::json!({
            "name": format!("monitor {position}"), "target": self.target.url("/"),
            "interval_s": interval_s, "timeout_ms": 1_000, "regions": [REGIONS[0]],
        });
        serde_json::from_value(spec).expect("a monitor")
    }
}
