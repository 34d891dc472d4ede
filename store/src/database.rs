//! The one door to Postgres: every transaction says on whose behalf it is, and every statement has a span.

use std::time::{Duration, Instant};

use bus::Faults;
use contract::fault::Kind;
use contract::id::{TenantId, UserId};
use opentelemetry::metrics::Histogram;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Postgres, Transaction, raw_sql};
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
            // Compiling a statement takes longer than any of ours runs.
            .options([("statement_timeout", STATEMENT_TIMEOUT), ("jit", "off")]);
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
        // Both in one round trip.
        let begin = AssertSqlSafe(format!("begin; {}", scope.enter(self.actor)));
        let transaction = self.pool.begin_with(begin).await?;
        self.waits.record(asked_at.elapsed().as_secs_f64(), &[]);
        Ok(transaction)
    }

    /// Goes on in the same transaction with what another scope may see and do.
    pub(crate) async fn enter(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        scope: Scope,
    ) -> Result<(), sqlx::Error> {
        let enter = AssertSqlSafe(scope.enter(self.actor));
        raw_sql(enter).execute(&mut **transaction).await?;
        Ok(())
    }

    /// The pool itself: for the schema's version, for listening, and for asking whether the server is there.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl Scope {
    /// The statement that makes the rest of a transaction act in this scope. Of identifiers and our own words alone.
    fn enter(self, actor: Option<Uuid>) -> String {
        let (role, tenant, person) = match self {
            Self::Account => ("overseer_account", None, None),
            Self::Person(user) => ("overseer_account", None, Some(user)),
            Self::Founder(tenant, user) => ("overseer_account", Some(tenant), Some(user)),
            Self::Tenant(tenant) => ("overseer_tenant", Some(tenant), None),
            Self::Writer => ("overseer_writer", None, None),
            Self::Registrar(tenant) => ("overseer_writer", Some(tenant), None),
            Self::Relay => ("overseer_relay", None, None),
            Self::Keeper => ("overseer_keeper", None, None),
        };
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        format!(
            "select set_config('overseer.tenant', '{}', true), set_config('overseer.person', '{}', true),
                set_config('overseer.actor', '{}', true), set_config('role', '{role}', true)",
            text(tenant.map(|tenant| tenant.0)),
            text(person.map(|person| person.0)),
            text(actor),
        )
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
