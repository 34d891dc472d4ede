//! What operators do: let the services export what they say of themselves, and help people in.

use anyhow::Context as _;
use contract::account::PasswordForm;
use contract::id::{Slug, TokenId};
use contract::rpc::Role;
use contract::telemetry::{SLUG, TENANT};
use contract::token::{Scope as TokenScope, Token};
use validator::Validate as _;

use crate::database::{Database, Scope};
use crate::passwords::Passwords;
use crate::secrets;
use crate::tables::{person, session, token};

/// The name of the services' token.
const NAME: &str = "What the services say of themselves";

/// Lets the services export with this secret, and with no other. Doing it again changes nothing.
pub(crate) async fn grant(owner_url: &str, secret: &str) -> anyhow::Result<()> {
    let database = open(owner_url)?;
    let granted = Token {
        id: TokenId::generate(),
        name: NAME.to_owned(),
        scopes: vec![TokenScope::MetricsWrite, TokenScope::TelemetryWrite],
        created_at: service::now(),
    };
    let mut transaction = database.begin(Scope::Tenant(TENANT)).await?;
    token::replace(&mut transaction, TENANT, &granted, &secrets::digest(secret))
        .await
        .with_context(|| format!("the services have no tenant: is {SLUG} another's?"))?;
    transaction.commit().await?;
    tracing::info!(
        tenant = SLUG,
        "the services may export what they say of themselves"
    );
    Ok(())
}

/// Makes a person who signed up an owner of a tenant. Doing it again changes nothing.
pub(crate) async fn admit(owner_url: &str, email: &str, tenant: &Slug) -> anyhow::Result<()> {
    let database = open(owner_url)?;
    let mut transaction = database.pool().begin().await?;
    let address = person::normal(email);
    let is_known = person::admit(&mut transaction, &address, tenant, Role::Owner).await?;
    anyhow::ensure!(
        is_known,
        "there is no tenant {tenant}, or nobody signed up as {email}"
    );
    transaction.commit().await?;
    Ok(())
}

/// Gives a person the password that stands on standard input, and ends all their sessions.
pub(crate) async fn reset_password(owner_url: &str, email: &str) -> anyhow::Result<()> {
    let database = open(owner_url)?;
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let form = PasswordForm {
        current: String::new(),
        new: password.trim_end_matches(['\r', '\n']).to_owned(),
    };
    form.validate().context("no such password is good")?;
    let hash = Passwords::new().hash(form.new).await?;
    let mut transaction = database.pool().begin().await?;
    let known = person::credentials(&mut transaction, &person::normal(email)).await?;
    let (user, _) = known.with_context(|| format!("nobody signed up as {email}"))?;
    person::set_password(&mut transaction, user, &hash).await?;
    person::begin_epoch(&mut transaction, user).await?;
    session::delete_others(&mut transaction, user, None).await?;
    transaction.commit().await?;
    Ok(())
}

fn open(owner_url: &str) -> anyhow::Result<Database> {
    Database::new(owner_url, 1).context("OVERSEER_STORE_OWNER_URL cannot be read")
}
