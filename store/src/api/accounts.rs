//! People: signing up, in and out, and what they change of themselves.

use chrono::{DateTime, TimeDelta, Utc};
use contract::account::{
    ChangePassword, DeleteAccount, Entrance, Identify, Identity, ReadEntrance, Rename, Session,
    SignIn, SignOut, SignUp, Tenant, User,
};
use contract::id::{TenantId, UserId};
use contract::invitation::Show;
use contract::rpc::Error;
use sqlx::PgConnection;

use super::tenants::found;
use super::{App, invitations};
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::rules::membership::leave;
use crate::rules::throttle::wait_s;
use crate::tables::person::normal;
use crate::tables::{membership, person, session, throttle};
use crate::{secrets, validation};

const SESSION: TimeDelta = TimeDelta::days(30);
/// Longest e-mail address and password that are worth looking at, in bytes.
const LONGEST: usize = 1_024;

pub(super) async fn read_entrance(app: App, _: ReadEntrance) -> Result<Entrance, Failure> {
    let by_invitation = app.by_invitation;
    Ok(Entrance { by_invitation })
}

pub(super) async fn sign_up(app: App, request: SignUp) -> Result<Session, Failure> {
    let form = request.form;
    validation::check("form", &form)?;
    let user = User {
        id: UserId::generate(),
        email: normal(&form.email),
        name: form.name,
    };
    let now = service::now();
    // No address contains a space, so that this is nobody's.
    let tries = format!("sign-up {}", user.email);
    admit(&app, &tries, now).await?;
    if app.by_invitation && !is_invited(&app, form.invitation).await? {
        let reason = "accounts are made by invitation here: follow the link of one that is open";
        let reason = reason.to_owned();
        return Err(Error::Restricted { reason }.into());
    }
    let password_hash = app.passwords.hash(form.password).await?;
    let founded = form.tenant.map(|slug| Tenant {
        id: TenantId::generate(),
        name: slug.to_string(),
        slug,
    });
    let database = app.database.acting(user.id.0);
    let scope = founded.as_ref().map_or(Scope::Person(user.id), |tenant| {
        Scope::Founder(tenant.id, user.id)
    });
    let mut transaction = database.begin(scope).await?;
    person::insert(&mut transaction, &user, &password_hash)
        .await
        .map_err(taken)?;
    if let Some(tenant) = &founded {
        found(&mut transaction, tenant, user.id).await?;
    }
    throttle::forget(&mut transaction, &tries).await?;
    let session = open(&mut transaction, user.id, now).await?;
    transaction.commit().await?;
    Ok(session)
}

pub(super) async fn sign_in(app: App, request: SignIn) -> Result<Session, Failure> {
    let email = normal(&request.email);
    if email.len() > LONGEST || request.password.len() > LONGEST {
        return Err(Error::Unauthenticated.into());
    }
    let now = service::now();
    admit(&app, &email, now).await?;
    let user = authenticate(&app, &email, request.password).await?;
    let user = user.ok_or(Error::Unauthenticated)?;
    let mut transaction = app.database.begin(Scope::Person(user)).await?;
    throttle::forget(&mut transaction, &email).await?;
    let session = open(&mut transaction, user, now).await?;
    transaction.commit().await?;
    Ok(session)
}

pub(super) async fn rename(app: App, user: UserId, request: Rename) -> Result<User, Failure> {
    validation::check("form", &request.form)?;
    let mut transaction = app.database.begin(Scope::Account).await?;
    person::rename(&mut transaction, user, &request.form.name).await?;
    transaction.commit().await?;
    Ok(identity(&app, user).await?.user)
}

pub(super) async fn change_password(
    app: App,
    user: UserId,
    request: ChangePassword,
) -> Result<(), Failure> {
    let form = request.form;
    validation::check("form", &form)?;
    let email = prove(&app, user, "form.current", form.current).await?;
    let password_hash = app.passwords.hash(form.new).await?;
    let kept = request.secret.map(|secret| secrets::digest(&secret));
    let mut transaction = app.database.begin(Scope::Account).await?;
    person::set_password(&mut transaction, user, &password_hash).await?;
    person::begin_epoch(&mut transaction, user).await?;
    session::delete_others(
        &mut transaction,
        user,
        kept.as_ref().map(<[u8; 32]>::as_slice),
    )
    .await?;
    throttle::forget(&mut transaction, &email).await?;
    Ok(transaction.commit().await?)
}

/// Their places are given up first, as if they left each tenant: so an owner stays everywhere, and audit logs tell of it by name.
pub(super) async fn delete(app: App, user: UserId, request: DeleteAccount) -> Result<(), Failure> {
    let email = prove(&app, user, "password", request.password).await?;
    let mut transaction = app.database.begin(Scope::Person(user)).await?;
    // Meanwhile they cannot come to own anything else.
    person::hold(&mut transaction, user).await?;
    let identity = person::identity(&mut transaction, user).await?;
    let mut places = identity.ok_or(Error::Unauthenticated)?.memberships;
    // In one order, so that two who go never wait for each other in a circle.
    places.sort_by_key(|place| place.tenant);
    for place in places {
        let scope = Scope::Tenant(place.tenant);
        app.database.enter(&mut transaction, scope).await?;
        let members = membership::hold(&mut transaction).await?;
        if let Err(Error::Conflict { .. }) = leave(&members, user) {
            let slug = place.slug;
            return Err(conflict(&format!(
                "you are the only owner of {slug}: make somebody else an owner, or delete the tenant first"
            )));
        }
        membership::delete(&mut transaction, user).await?;
    }
    app.database.enter(&mut transaction, Scope::Account).await?;
    person::delete(&mut transaction, user).await?;
    throttle::forget(&mut transaction, &email).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn sign_out(app: App, request: SignOut) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    session::delete(&mut transaction, &secrets::digest(&request.secret)).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn identify(app: App, user: UserId, _: Identify) -> Result<Identity, Failure> {
    identity(&app, user).await
}

pub(super) async fn identity(app: &App, user: UserId) -> Result<Identity, Failure> {
    let mut transaction = app.database.begin(Scope::Person(user)).await?;
    let identity = person::identity(&mut transaction, user).await?;
    Ok(identity.ok_or(Error::Unauthenticated)?)
}

/// Whether somebody new holds an open invitation.
async fn is_invited(app: &App, secret: Option<String>) -> Result<bool, Failure> {
    let Some(secret) = secret else {
        return Ok(false);
    };
    match invitations::show(app.clone(), Show { secret }).await {
        Ok(_) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// The e-mail address of a person who knows their password; `field` is where they said it.
async fn prove(app: &App, user: UserId, field: &str, password: String) -> Result<String, Failure> {
    let email = identity(app, user).await?.user.email;
    admit(app, &email, service::now()).await?;
    let fits =
        password.len() <= LONGEST && authenticate(app, &email, password).await? == Some(user);
    if fits {
        Ok(email)
    } else {
        Err(Error::invalid(field, "is not your password").into())
    }
}

/// Counts the try before its outcome is known, so that many at once are counted too.
async fn admit(app: &App, tries: &str, now: DateTime<Utc>) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let failures = throttle::failures(&mut transaction, tries).await?;
    if let Some(retry_after_s) = failures.and_then(|failures| wait_s(failures, now)) {
        return Err(Error::Throttled { retry_after_s }.into());
    }
    throttle::count(&mut transaction, tries, now).await?;
    Ok(transaction.commit().await?)
}

/// The person with this e-mail address, if the password is theirs.
async fn authenticate(app: &App, email: &str, password: String) -> Result<Option<UserId>, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let credentials = person::credentials(&mut transaction, email).await?;
    drop(transaction);
    let (user, hash) = credentials.unzip();
    let fits = app.passwords.verify(password, hash).await?;
    Ok(user.filter(|_| fits))
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

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, "app_user_email_key") {
        conflict("there is an account with this e-mail address already")
    } else {
        error.into()
    }
}
