//! What visitors ask: who may enter, what they see.

use contract::id::{PageId, TenantId};
use contract::incident::Incident;
use contract::page::{
    Address, Cover, Enter, Entered, Find, History, Key, Logo, ReadLogo, Show, Shown, Unlock,
    Visibility,
};
use contract::rpc::{Caller, Error};
use sqlx::{Postgres, Transaction};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{App, unknown, view};
use crate::database::Scope;
use crate::failure::Failure;
use crate::rules::outward;
use crate::rules::throttle::wait_s;
use crate::secrets;
use crate::tables::incident;
use crate::tables::page::{self, Stored, directory, settings, throttle};
use crate::validation;

/// Longest password that is worth looking at, in bytes.
const LONGEST: usize = 1_024;

pub(in crate::api) async fn find(app: App, request: Find) -> Result<Address, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let found = directory::of_host(&mut transaction, &request.host).await?;
    Ok(found.ok_or_else(unknown)?)
}

pub(in crate::api) async fn show(
    app: App,
    caller: Caller,
    request: Show,
) -> Result<Shown, Failure> {
    let mut door = Door::of(&app, &request.at, &caller).await?;
    if !door.opens(request.key.as_ref()) {
        let page = door.stored.page;
        return Ok(Shown::Locked(Cover {
            page: page.id,
            title: page.spec.title,
            color: page.spec.color,
        }));
    }
    let now = service::now();
    let view = view::of(&mut door, request.at.tenant, request.wanted, now).await?;
    Ok(Shown::Open(Box::new(view)))
}

pub(in crate::api) async fn enter(app: App, request: Enter) -> Result<Entered, Failure> {
    let mut door = Door::of(&app, &request.at, &Caller::Visitor).await?;
    door.force(request.key.as_ref())?;
    let monitors = view::monitors(&mut door).await?;
    Ok(Entered {
        page: door.stored.page.id,
        tenant: door.tenant,
        monitors,
    })
}

pub(in crate::api) async fn history(app: App, request: History) -> Result<Vec<Incident>, Failure> {
    let mut door = Door::of(&app, &request.at, &Caller::Visitor).await?;
    door.force(request.key.as_ref())?;
    let names = view::names(&mut door).await?;
    let ids: Vec<_> = names.keys().map(|id| id.0).collect();
    let wanted = incident::Wanted {
        only: None,
        limit: validation::limit(request.limit),
        monitors: Some(&ids),
        since: chrono::DateTime::UNIX_EPOCH,
        started_before: Some((
            request.before,
            request.behind.map_or(Uuid::nil(), |id| id.0),
        )),
        before: None,
    };
    let incidents = incident::list(&mut door.transaction, wanted).await?;
    let told = incidents.into_iter();
    Ok(told
        .map(|incident| outward::incident(incident, &names))
        .collect())
}

pub(in crate::api) async fn read_logo(app: App, request: ReadLogo) -> Result<Logo, Failure> {
    let mut door = Door::of(&app, &request.at, &Caller::Visitor).await?;
    door.force(request.key.as_ref())?;
    let logo = settings::logo(&mut door.transaction, door.stored.page.id).await?;
    Ok(logo.ok_or_else(|| Error::not_found("logo"))?)
}

pub(in crate::api) async fn unlock(app: App, request: Unlock) -> Result<Key, Failure> {
    if request.password.len() > LONGEST {
        return Err(Error::Unauthenticated.into());
    }
    let mut door = Door::of(&app, &request.at, &Caller::Visitor).await?;
    let Some(hash) = door.stored.password_hash.clone() else {
        return Err(unknown().into());
    };
    let (tenant, id) = (door.tenant, door.stored.page.id);
    admit(&mut door.transaction, tenant, id).await?;
    door.transaction.commit().await?;
    let key = key_of(&hash);
    if !app.passwords.verify(request.password, Some(hash)).await? {
        return Err(Error::Unauthenticated.into());
    }
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    throttle::forget(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(key)
}

/// A page in a transaction of its tenant, before it is known whether it opens.
pub(super) struct Door {
    pub(super) transaction: Transaction<'static, Postgres>,
    pub(super) tenant: TenantId,
    pub(super) stored: Stored,
    /// One of the tenant's own people, who need no key.
    inside: bool,
}

impl Door {
    pub(super) async fn of(app: &App, at: &Address, caller: &Caller) -> Result<Self, Failure> {
        let mut transaction = app.database.begin(Scope::Account).await?;
        let found = directory::find(&mut transaction, at).await?;
        let (tenant, id) = found.ok_or_else(unknown)?;
        let inside = matches!(caller, Caller::Member { tenant: own, .. } if *own == tenant);
        let scope = Scope::Tenant(tenant);
        app.database.enter(&mut transaction, scope).await?;
        let stored = page::read(&mut transaction, id).await?;
        let stored = stored.filter(|it| inside || it.page.spec.visibility != Visibility::Draft);
        Ok(Self {
            transaction,
            tenant,
            stored: stored.ok_or_else(unknown)?,
            inside,
        })
    }

    fn opens(&self, key: Option<&Key>) -> bool {
        let Some(hash) = &self.stored.password_hash else {
            return true;
        };
        let fits = |key: &Key| bool::from(key.0.as_bytes().ct_eq(key_of(hash).0.as_bytes()));
        self.inside || key.is_some_and(fits)
    }

    fn force(&self, key: Option<&Key>) -> Result<(), Error> {
        if self.opens(key) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }

    /// Whether everybody may know of the page and of what is on it.
    pub(super) fn is_listed(&self) -> bool {
        self.stored.page.spec.visibility == Visibility::Published
            && self.stored.password_hash.is_none()
    }
}

/// Nobody can guess it who does not know the hash, salt and all; a new password makes a new one.
fn key_of(password_hash: &str) -> Key {
    let digest = secrets::digest(&format!("key of a page: {password_hash}"));
    Key(contract::token::key_of_hash(&digest))
}

/// Counts the try before the password is looked at, so that many at once are counted too.
async fn admit(
    transaction: &mut Transaction<'static, Postgres>,
    tenant: TenantId,
    page: PageId,
) -> Result<(), Failure> {
    let now = service::now();
    let failures = throttle::failures(transaction, page).await?;
    if let Some(retry_after_s) = failures.and_then(|failures| wait_s(failures, now)) {
        return Err(Error::Throttled { retry_after_s }.into());
    }
    Ok(throttle::count(transaction, tenant, page, now).await?)
}
