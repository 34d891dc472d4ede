//! Agents: inviting, letting in, removing.

use chrono::{DateTime, TimeDelta, Utc};
use contract::agent::{
    Agent, CODE_LIFETIME_MIN, CODE_PREFIX, Form, Invitation, Invite, List, Register, Registered,
    Remove,
};
use contract::id::{AgentId, TenantId, TokenId};
use contract::rpc::Error;
use contract::token::{PREFIX, Scope as TokenScope, Token};
use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::App;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::rules::throttle::wait_s;
use crate::secrets::Code;
use crate::tables::{agent, tenant, token};
use crate::{secrets, validation};

/// Longest name, in characters.
const MAX_NAME: usize = 80;

pub(super) async fn invite(
    app: App,
    Insider { tenant, .. }: Insider,
    request: Invite,
) -> Result<Invitation, Failure> {
    let name = request.name.trim();
    let printable = !name.chars().any(char::is_control);
    if !printable || !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(Error::invalid("name", "between 1 and 80 printable characters").into());
    }
    let now = service::now();
    let (id, expires_at) = (
        AgentId::generate(),
        now + TimeDelta::minutes(CODE_LIFETIME_MIN.into()),
    );
    let code = Code::generate(CODE_PREFIX, tenant, id.0);
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let hash = secrets::digest(&code);
    agent::insert(&mut transaction, tenant, id, name, &hash, (now, expires_at))
        .await
        .map_err(taken)?;
    transaction.commit().await?;
    Ok(Invitation {
        id,
        code,
        expires_at,
    })
}

pub(super) async fn list(app: App, tenant: TenantId, request: List) -> Result<Vec<Agent>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let (after, limit) = (
        request.after.as_deref(),
        request.limit.map(validation::limit),
    );
    Ok(agent::list(&mut transaction, after, limit, service::now()).await?)
}

pub(super) async fn remove(
    app: App,
    Insider { tenant, .. }: Insider,
    request: Remove,
) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let removed = agent::delete(&mut transaction, request.id).await?;
    let token = removed.ok_or_else(|| Error::not_found("agent"))?;
    if let Some(token) = token {
        token::delete(&mut transaction, token).await?;
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn register(app: App, request: Register) -> Result<Registered, Failure> {
    let form = request.form;
    validation::check("form", &form)?;
    let code = Code::parse(CODE_PREFIX, &form.code).ok_or_else(no_such_code)?;
    let agent = AgentId(code.subject);
    let database = app.database.acting(code.subject);
    let mut transaction = database.begin(Scope::Tenant(code.tenant)).await?;
    let now = service::now();
    let admitted = admit(&mut transaction, &code, &form, now).await;
    if !matches!(admitted, Err(Failure::Database(_))) {
        // A wrong code is counted, too.
        transaction.commit().await?;
    }
    let (name, secret) = admitted?;
    let mut directory = app.database.begin(Scope::Account).await?;
    let tenant = tenant::read(&mut directory, code.tenant).await?;
    Ok(Registered {
        id: agent,
        name,
        tenant: tenant.ok_or_else(no_such_code)?.slug,
        secret,
    })
}

async fn admit(
    connection: &mut PgConnection,
    code: &Code,
    form: &Form,
    now: DateTime<Utc>,
) -> Result<(String, String), Failure> {
    let id = AgentId(code.subject);
    let invited = agent::invited(connection, id).await?;
    let invited = invited.ok_or_else(no_such_code)?;
    if let Some(retry_after_s) = wait_s(invited.failures, now) {
        return Err(Error::Throttled { retry_after_s }.into());
    }
    let right = invited.code_hash.ct_eq(&secrets::digest(&form.code));
    if !bool::from(right) {
        agent::count_failure(connection, id, now).await?;
        return Err(no_such_code().into());
    }
    if invited.expires_at <= now {
        return Err(Error::invalid("form.code", "has expired; make a new one").into());
    }
    let secret = secrets::generate(PREFIX);
    let token = Token {
        id: TokenId::generate(),
        name: format!("agent {}", invited.name),
        scopes: vec![TokenScope::MetricsWrite],
        created_at: now,
    };
    token::insert(connection, code.tenant, &token, &secrets::digest(&secret)).await?;
    agent::admit(connection, id, token.id, form, now).await?;
    Ok((invited.name, secret))
}

/// The same for a code that never was and for one that was used: nothing is learned by trying.
fn no_such_code() -> Error {
    Error::invalid("form.code", "is wrong or was used already; make a new one")
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, "agent_name_key") {
        conflict("there is a host of this name already; remove it first, or choose another name")
    } else {
        error.into()
    }
}
