//! Agents: inviting, letting in, removing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
use uuid::Uuid;

use super::App;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::rules::throttle::wait_s;
use crate::tables::{agent, tenant, token};
use crate::{secrets, validation};

/// Longest name, in characters.
const MAX_NAME: usize = 80;

pub(super) async fn invite(
    app: App,
    tenant: TenantId,
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
    let code = Code::generate(tenant, id);
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

pub(super) async fn list(app: App, tenant: TenantId, _: List) -> Result<Vec<Agent>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    Ok(agent::list(&mut transaction, service::now()).await?)
}

pub(super) async fn remove(app: App, tenant: TenantId, request: Remove) -> Result<(), Failure> {
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
    let code = Code::parse(&form.code).ok_or_else(no_such_code)?;
    let mut transaction = app.database.begin(Scope::Tenant(code.tenant)).await?;
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
        id: code.agent,
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
    let invited = agent::invited(connection, code.agent).await?;
    let invited = invited.ok_or_else(no_such_code)?;
    if let Some(retry_after_s) = wait_s(invited.failures, now) {
        return Err(Error::Throttled { retry_after_s }.into());
    }
    let right = invited.code_hash.ct_eq(&secrets::digest(&form.code));
    if !bool::from(right) {
        agent::count_failure(connection, code.agent, now).await?;
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
    agent::admit(connection, code.agent, token.id, form, now).await?;
    Ok((invited.name, secret))
}

/// Whose invitation a code claims to be for. Only its hash tells whether that is true.
struct Code {
    tenant: TenantId,
    agent: AgentId,
}

impl Code {
    /// Tenant, agent, and 128 random bits.
    fn generate(tenant: TenantId, agent: AgentId) -> String {
        let random: [u8; 16] = rand::random();
        let bytes = [*tenant.0.as_bytes(), *agent.0.as_bytes(), random].concat();
        format!("{CODE_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    fn parse(code: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD
            .decode(code.strip_prefix(CODE_PREFIX)?)
            .ok()?;
        let [tenant, agent, _]: [[u8; 16]; 3] = bytes
            .chunks_exact(16)
            .filter_map(|part| part.try_into().ok())
            .collect::<Vec<_>>()
            .try_into()
            .ok()?;
        Some(Self {
            tenant: TenantId(Uuid::from_bytes(tenant)),
            agent: AgentId(Uuid::from_bytes(agent)),
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_whose_it_claims_to_be() {
        let (tenant, agent) = (TenantId::generate(), AgentId::generate());
        let text = Code::generate(tenant, agent);
        assert_eq!(text.len(), 68);
        let code = Code::parse(&text).expect("readable");
        assert_eq!((code.tenant, code.agent), (tenant, agent));
        for strange in ["", "ovc_", "ovc_!", &text[4..], &text[..67], "ovs_x"] {
            assert!(Code::parse(strange).is_none(), "{strange}");
        }
    }
}
