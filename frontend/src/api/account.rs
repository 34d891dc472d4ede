//! Signing up, in and out. These take plain form posts too, so they work before or without the browser's half.

#[cfg(feature = "ssr")]
use contract::account;
use contract::account::{Entrance, Identity, OpenSession};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Error;
#[cfg(feature = "ssr")]
use super::slug;
#[cfg(feature = "ssr")]
use crate::server::{session as cookie, visit};
#[cfg(feature = "ssr")]
use crate::view::invitation::secret_in;

/// A person and where they are signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub identity: Identity,
    pub sessions: Vec<OpenSession>,
}

/// Who is signed in, if anybody.
#[server(prefix = "/fn", endpoint = "session")]
pub async fn session() -> Result<Option<Identity>, Error> {
    visit::serve("session", |visit| async move { visit.identity().await }).await
}

/// How people come in here.
#[server(prefix = "/fn", endpoint = "entrance")]
pub async fn read_entrance() -> Result<Entrance, Error> {
    visit::serve("entrance", |visit| async move {
        visit.ask(account::ReadEntrance {}).await
    })
    .await
}

/// Opens a session and goes to `next` (a path on this site), or to the person's first dashboard.
#[server(prefix = "/fn", endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Error> {
    visit::serve("sign-in", |visit| async move {
        let session = visit.ask(account::SignIn { email, password }).await?;
        visit.set_cookie(&cookie::opened(&session, visit.site.secure));
        visit.redirect(&cookie::landing(&session.identity, next.as_deref()));
        Ok(())
    })
    .await
}

/// Creates a person with a first tenant, opens a session and goes to the tenant's dashboard. Who was invited needs no tenant, and
/// goes back to the invitation, which is `next`.
#[server(prefix = "/fn", endpoint = "sign-up")]
pub async fn sign_up(
    email: String,
    password: String,
    name: String,
    tenant: Option<String>,
    next: Option<String>,
) -> Result<(), Error> {
    visit::serve("sign-up", |visit| async move {
        let invitation = next.as_deref().and_then(secret_in);
        let tenant = match tenant {
            None if invitation.is_some() => None,
            tenant => Some(slug("tenant", &tenant.unwrap_or_default())?),
        };
        let form = account::SignUpForm {
            email,
            password,
            name,
            tenant,
            invitation: invitation.map(str::to_owned),
        };
        let session = visit.ask(account::SignUp { form }).await?;
        visit.set_cookie(&cookie::opened(&session, visit.site.secure));
        visit.redirect(&cookie::landing(&session.identity, next.as_deref()));
        Ok(())
    })
    .await
}

/// Ends the session and goes to the front page.
#[server(prefix = "/fn", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Error> {
    visit::serve("sign-out", |visit| async move {
        if let Some(secret) = visit.secret.clone() {
            visit.ask(account::SignOut { secret }).await?;
        }
        visit.set_cookie(&cookie::ended(visit.site.secure));
        visit.redirect("/");
        Ok(())
    })
    .await
}

/// What the visitor's account page shows.
#[server(prefix = "/fn", endpoint = "account")]
pub async fn own_account() -> Result<Account, Error> {
    visit::serve("account", |visit| async move {
        let person = visit.person().await?;
        let secret = visit.secret.clone();
        let sessions = person.ask(account::ListSessions { secret }).await?;
        Ok(Account {
            identity: person.identity,
            sessions,
        })
    })
    .await
}

#[server(prefix = "/fn", endpoint = "rename-person")]
pub async fn rename_person(name: String) -> Result<(), Error> {
    visit::serve("rename-person", |visit| async move {
        let form = account::NameForm { name };
        let person = visit.person().await?;
        person.ask(account::Rename { form }).await.map(drop)
    })
    .await
}

/// Gives the visitor another password and signs them out everywhere else.
#[server(prefix = "/fn", endpoint = "change-password")]
pub async fn change_password(current: String, new: String) -> Result<(), Error> {
    visit::serve("change-password", |visit| async move {
        let form = account::PasswordForm { current, new };
        let secret = visit.secret.clone();
        let person = visit.person().await?;
        person.ask(account::ChangePassword { form, secret }).await
    })
    .await
}

/// Ends all sessions of the visitor, this one included, and all bearer tokens.
#[server(prefix = "/fn", endpoint = "sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<(), Error> {
    visit::serve("sign-out-everywhere", |visit| async move {
        let person = visit.person().await?;
        person.ask(account::SignOutEverywhere {}).await?;
        visit.set_cookie(&cookie::ended(visit.site.secure));
        visit.redirect("/sign-in");
        Ok(())
    })
    .await
}

/// Deletes the visitor's account and goes to the front page.
#[server(prefix = "/fn", endpoint = "delete-account")]
pub async fn delete_account(password: String) -> Result<(), Error> {
    visit::serve("delete-account", |visit| async move {
        let person = visit.person().await?;
        person.ask(account::DeleteAccount { password }).await?;
        visit.set_cookie(&cookie::ended(visit.site.secure));
        visit.redirect("/");
        Ok(())
    })
    .await
}
