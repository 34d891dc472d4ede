//! Signing up, in and out.

use chrono::{DateTime, TimeDelta, Utc};
use contract::account::{
    Identify, Identity, ReadTenant, ResolveSession, Session, SignIn, SignOut, SignUp, Tenant, User,
};
use contract::id::{TenantId, UserId};
use contract::rpc::{Error, Role};
use sqlx::PgConnection;

use super::App;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::rules::throttle::wait_s;
use crate::tables::{person, session, tenant, throttle};
use crate::{secrets, validation};

const SESSION: TimeDelta = TimeDelta::days(30);
/// Longest e-mail address and password that are worth looking at, in bytes.
const LONGEST: usize = 1_024;

pub(super) async fn sign_up(app: App, request: SignUp) -> Result<Session, Failure> {
    let form = request.form;
    validation::check("form", &form)?;
    let user = User {
        id: UserId::generate(),
        email: normal(&form.email),
        name: form.name,
    };
    let password_hash = app.passwords.hash(form.password).await?;
    let tenant = TenantId::generate();
    let mut transaction = app.database.begin(Scope::Person(user.id)).await?;
    person::insert(&mut transaction, &user, &password_hash)
        .await
        .map_err(taken)?;
    tenant::insert(&mut transaction, tenant, &form.tenant)
        .await
        .map_err(taken)?;
    person::join(&mut transaction, user.id, tenant, Role::Owner).await?;
    let session = open(&mut transaction, user.id, service::now()).await?;
    transaction.commit().await?;
    Ok(session)
}

pub(super) async fn sign_in(app: App, request: SignIn) -> Result<Session, Failure> {
    let email = normal(&request.email);
    if email.len() > LONGEST || request.password.len() > LONGEST {
        return Err(Error::Unauthenticated.into());
    }
    let now = service::now();
    let credentials = admit(&app, &email, now).await?;
    let (user, hash) = credentials.unzip();
    if !app.passwords.verify(request.password, hash).await? {
        return Err(Error::Unauthenticated.into());
    }
    let user = user.ok_or(Error::Unauthenticated)?;
    let mut transaction = app.database.begin(Scope::Person(user)).await?;
    throttle::forget(&mut transaction, &email).await?;
    let session = open(&mut transaction, user, now).await?;
    transaction.commit().await?;
    Ok(session)
}

pub(super) async fn sign_out(app: App, request: SignOut) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    session::delete(&mut transaction, &secrets::digest(&request.secret)).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn resolve_session(
    app: App,
    request: ResolveSession,
) -> Result<Identity, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let hash = secrets::digest(&request.secret);
    let user = session::person(&mut transaction, &hash, service::now()).await?;
    drop(transaction);
    identity(&app, user.ok_or(Error::Unauthenticated)?).await
}

pub(super) async fn identify(app: App, user: UserId, _: Identify) -> Result<Identity, Failure> {
    identity(&app, user).await
}

pub(super) async fn read_tenant(
    app: App,
    tenant: TenantId,
    _: ReadTenant,
) -> Result<Tenant, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let tenant = tenant::read(&mut transaction, tenant).await?;
    Ok(tenant.ok_or_else(|| Error::not_found("tenant"))?)
}

async fn identity(app: &App, user: UserId) -> Result<Identity, Failure> {
    let mut transaction = app.database.begin(Scope::Person(user)).await?;
    let identity = person::identity(&mut transaction, user).await?;
    Ok(identity.ok_or(Error::Unauthenticated)?)
}

/// Counts the try before the password is looked at, so that many at once are counted too.
async fn admit(
    app: &App,
    email: &str,
    now: DateTime<Utc>,
) -> Result<Option<(UserId, String)>, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let failures = throttle::failures(&mut transaction, email).await?;
    if let Some(retry_after_s) = failures.and_then(|failures| wait_s(failures, now)) {
        return Err(Error::Throttled { retry_after_s }.into());
    }
    throttle::count(&mut transaction, email, now).await?;
    let credentials = person::credentials(&mut transaction, email).await?;
    transaction.commit().await?;
    Ok(credentials)
}

async fn open(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Session, Failure> {
    let secret = secrets::generate("");
    let expires_at = now + SESSION;
    session::insert(connection, &secrets::digest(&secret), user, expires_at).await?;
    let identity = person::identity(connection, user).await?;
    Ok(Session {
        secret,
        expires_at,
        identity: identity.ok_or(Error::Unauthenticated)?,
    })
}

fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, "app_user_email_key") {
        conflict("there is an account with this e-mail address already")
    } else if violates(&error, "tenant_slug_key") {
        conflict("this tenant's name is taken")
    } else {
        error.into()
    }
}
