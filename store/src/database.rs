//! The one door to Postgres: every transaction says on whose behalf it is, and every statement has a span.

use std::time::{Duration, Instant};

use bus::Faults;
use contract::fault::Kind;
use contract::id::{TenantId, UserId};
use opentelemetry::metrics::Histogram;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Postgres, Transaction};
use tracing::Span;
use uuid::Uuid;

use crate::metrics;

/// Longest time a statement may take.
const STATEMENT_TIMEOUT: &str = "10s";
/// Longest wait for a connection: less than an asker's patience, so that they get an answer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// What a transaction may see and do; see `migrations/0001_roles.sql`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// People, sessions and the directory of tenants.
    Account,
    /// The same, and the memberships of one person.
    Person(UserId),
    /// The same, and one tenant: its entry in the directory, and its memberships.
    Founder(TenantId, UserId),
    /// Everything of one tenant and nothing else.
    Tenant(TenantId),
    /// Adding samples and results.
    Writer,
    /// The same, and registering the series of one tenant.
    Registrar(TenantId),
    /// Reading what the buckets mirror, of all tenants.
    Relay,
    /// Closing hours and forgetting what is too old, of all tenants.
    Keeper,
}

/// A pool of connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pool: PgPool,
    /// Who changes what is changed; see `migrations/0040_audit.sql`.
    actor: Option<Uuid>,
    waits: Histogram<f64>,
    faults: Faults,
}

impl Database {
    /// Connects when it is first needed. The error is a URL that cannot be read.
    pub(crate) fn new(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        let options = url
            .parse::<PgConnectOptions>()?
            .application_name("overseer-store")
            .options([("statement_timeout", STATEMENT_TIMEOUT)]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            actor: None,
            waits: metrics::connection_waits(),
            faults: Faults::default(),
        })
    }

    /// The same database, on behalf of a person or a program: the audit log tells what they change.
    pub(crate) fn acting(&self, actor: Uuid) -> Self {
        Self {
            actor: Some(actor),
            ..self.clone()
        }
    }

    /// The same pool, that also breaks as these switches say.
    pub(crate) fn obeying(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// Begins a transaction that may do what `scope` says. Dropping it undoes everything.
    pub(crate) async fn begin(
        &self,
        scope: Scope,
    ) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.faults.delay(Kind::StoreSlow).await;
        if self.faults.strikes(Kind::StoreErrors) {
            return Err(sqlx::Error::PoolTimedOut);
        }
        let asked_at = Instant::now();
        let mut transaction = self.pool.begin().await?;
        self.waits.record(asked_at.elapsed().as_secs_f64(), &[]);
        let (role, tenant, person) = scope.settings();
        let actor = self.actor.map(|actor| actor.to_string());
        sqlx::query!(
            "select set_config('overseer.tenant', $1, true) as tenant, set_config('overseer.person', $2, true) as person,
                set_config('overseer.actor', $3, true) as actor, set_config('role', $4, true) as role",
            tenant,
            person,
            actor.unwrap_or_default(),
            role,
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok(transaction)
    }

    /// The pool itself: for the schema's version, for listening, and for asking whether the server is there.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl Scope {
    fn settings(self) -> (&'static str, String, String) {
        let none = String::new;
        match self {
            Self::Account => ("overseer_account", none(), none()),
            Self::Person(user) => ("overseer_account", none(), user.to_string()),
            Self::Founder(tenant, user) => {
                ("overseer_account", tenant.to_string(), user.to_string())
            }
            Self::Tenant(tenant) => ("overseer_tenant", tenant.to_string(), none()),
            Self::Writer => ("overseer_writer", none(), none()),
            Self::Registrar(tenant) => ("overseer_writer", tenant.to_string(), none()),
            Self::Relay => ("overseer_relay", none(), none()),
            Self::Keeper => ("overseer_keeper", none(), none()),
        }
    }
}

/// The span of a statement, for `.instrument(...)`; `summary` is the operation and the table, such as `select monitor`.
pub(crate) fn sql(summary: &'static str) -> Span {
    tracing::info_span!(
        "sql",
        otel.name = summary,
        otel.kind = "client",
        db.system.name = "postgresql",
        db.query.summary = summary,
    )
}
