//! Alert rules.

mod past;

use contract::id::{MonitorId, RuleId, TenantId};
use contract::rpc::Error;
use contract::rule::backtest::{self, Backtested};
use contract::rule::{
    Backtest, Create, Delete, List, MAX_BACKTEST_MS, Page, Read, ReadPast, Rule, Spec, Update,
};
use sqlx::PgConnection;

use super::App;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::tables::monitor;
use crate::tables::rule::{self, Wanted};
use crate::validation;

/// Points that one backtest may look at: some seconds of a core.
const MAX_COST: i64 = 500_000_000;

pub(super) async fn create(app: App, tenant: TenantId, request: Create) -> Result<Rule, Failure> {
    let spec = request.spec;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    judge(&mut transaction, &spec).await?;
    let rule = rule::insert(&mut transaction, tenant, &spec)
        .await
        .map_err(taken)?;
    transaction.commit().await?;
    Ok(rule)
}

pub(super) async fn update(app: App, tenant: TenantId, request: Update) -> Result<Rule, Failure> {
    let spec = request.spec;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    judge(&mut transaction, &spec).await?;
    let updated = rule::update(&mut transaction, request.id, &spec, request.revision)
        .await
        .map_err(taken)?;
    let Some(rule) = updated else {
        return Err(missed(&mut transaction, request.id).await?);
    };
    transaction.commit().await?;
    Ok(rule)
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !rule::delete(&mut transaction, request.id).await? {
        return Err(unknown().into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn read(app: App, tenant: TenantId, request: Read) -> Result<Rule, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let found = find(&mut transaction, request.id).await?;
    Ok(found.ok_or_else(unknown)?)
}

pub(super) async fn list(app: App, tenant: TenantId, request: List) -> Result<Vec<Rule>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let wanted = Wanted {
        after: request.after.as_deref(),
        limit: request.limit.map(validation::limit),
        ..Wanted::default()
    };
    Ok(rule::list(&mut transaction, wanted).await?)
}

pub(super) async fn backtest(
    app: App,
    tenant: TenantId,
    request: Backtest,
) -> Result<Backtested, Failure> {
    let Backtest {
        spec,
        from_ms,
        to_ms,
    } = request;
    let from_ms = from_ms.max(to_ms.saturating_sub(MAX_BACKTEST_MS));
    if to_ms <= from_ms {
        return Err(Error::invalid("to_ms", "must be later than `from_ms`").into());
    }
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    judge(&mut transaction, &spec).await?;
    let begin_ms = from_ms.saturating_sub(spec.condition.reach().num_milliseconds());
    let range = past::range(begin_ms, to_ms.saturating_add(1))?;
    let history = past::history(&mut transaction, tenant, &spec.condition, range).await?;
    drop(transaction);
    if history.cost(&spec, from_ms, to_ms) > MAX_COST {
        let reason = "too many samples would have to be looked at: match fewer series, or try a shorter time";
        return Err(Error::invalid("rule", reason).into());
    }
    let run = move || backtest::run(&spec, &history, from_ms, to_ms);
    // Thousands of judgements: too long for a thread that answers others, too.
    let done = tokio::task::spawn_blocking(run).await;
    done.map_err(|error| {
        tracing::error!(%error, "a backtest did not come to an end");
        Error::Unavailable.into()
    })
}

/// What a condition looks at, for those who begin to judge it.
pub(super) async fn read_past(
    app: App,
    tenant: TenantId,
    request: ReadPast,
) -> Result<Page, Failure> {
    let range = past::range(request.from_ms, request.to_ms)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    past::page(
        &mut transaction,
        tenant,
        &request.condition,
        (range, request.skip),
    )
    .await
}

async fn find(connection: &mut PgConnection, id: RuleId) -> Result<Option<Rule>, sqlx::Error> {
    let wanted = Wanted {
        ids: Some(&[id.0]),
        ..Wanted::default()
    };
    let found = rule::list(connection, wanted).await?;
    Ok(found.into_iter().next())
}

/// Why a rule was not changed.
async fn missed(connection: &mut PgConnection, id: RuleId) -> Result<Failure, sqlx::Error> {
    Ok(match find(connection, id).await? {
        Some(_) => conflict("somebody else changed this rule; read it again"),
        None => unknown().into(),
    })
}

async fn judge(connection: &mut PgConnection, spec: &Spec) -> Result<(), Failure> {
    validation::check("spec", spec)?;
    match spec.condition.monitor() {
        Some(id) if !is_known(connection, id).await? => {
            Err(Error::invalid("spec.monitor", "there is no such monitor").into())
        }
        _ => Ok(()),
    }
}

async fn is_known(connection: &mut PgConnection, id: MonitorId) -> Result<bool, sqlx::Error> {
    let found = monitor::list(connection, Some(&[id.0])).await?;
    Ok(!found.is_empty())
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, rule::NAME_KEY) {
        conflict("there is a rule of this name already")
    } else {
        error.into()
    }
}

fn unknown() -> Error {
    Error::not_found("rule")
}
