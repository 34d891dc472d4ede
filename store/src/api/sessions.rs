//! Sessions: whose they are, which there are, ending them all.

use chrono::TimeDelta;
use contract::account::{Identity, ListSessions, OpenSession, ResolveSession, SignOutEverywhere};
use contract::id::UserId;
use contract::rpc::Error;

use super::App;
use super::accounts::identity;
use crate::database::Scope;
use crate::failure::Failure;
use crate::secrets;
use crate::tables::{person, session};

/// How exactly it is known when a session was last seen.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn resolve(app: App, request: ResolveSession) -> Result<Identity, Failure> {
    let now = service::now();
    let hash = secrets::digest(&request.secret);
    let mut transaction = app.database.begin(Scope::Account).await?;
    let found = session::person(&mut transaction, &hash, now).await?;
    let (user, last_seen_at) = found.ok_or(Error::Unauthenticated)?;
    if now - last_seen_at >= SEEN_EVERY {
        session::see(&mut transaction, &hash, now).await?;
    }
    transaction.commit().await?;
    identity(&app, user).await
}

pub(super) async fn list(
    app: App,
    user: UserId,
    request: ListSessions,
) -> Result<Vec<OpenSession>, Failure> {
    let current = request.secret.map(|secret| secrets::digest(&secret));
    let current = current.as_ref().map(<[u8; 32]>::as_slice);
    let mut transaction = app.database.begin(Scope::Account).await?;
    Ok(session::list(&mut transaction, user, current, service::now()).await?)
}

pub(super) async fn end_all(app: App, user: UserId, _: SignOutEverywhere) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    person::begin_epoch(&mut transaction, user).await?;
    session::delete_others(&mut transaction, user, None).await?;
    Ok(transaction.commit().await?)
}
