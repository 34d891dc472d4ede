//! Signing up, in and out. These take plain form posts too, so they work before or without the browser's half.

use contract::account::Identity;
#[cfg(feature = "ssr")]
use contract::{account, id::Slug, rpc};
use leptos::prelude::*;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::{session as cookie, visit};

/// Who is signed in, if anybody.
#[server(prefix = "/fn", endpoint = "session")]
pub async fn session() -> Result<Option<Identity>, Error> {
    visit::serve("session", |visit| async move { visit.identity().await }).await
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

/// Creates a person with a first tenant, opens a session and goes to the tenant's dashboard.
#[server(prefix = "/fn", endpoint = "sign-up")]
pub async fn sign_up(
    email: String,
    password: String,
    name: String,
    tenant: String,
) -> Result<(), Error> {
    visit::serve("sign-up", |visit| async move {
        let tenant = tenant
            .parse::<Slug>()
            .map_err(|error| rpc::Error::invalid("tenant", error.rule()))?;
        let form = account::SignUpForm {
            email,
            password,
            name,
            tenant,
        };
        let session = visit.ask(account::SignUp { form }).await?;
        visit.set_cookie(&cookie::opened(&session, visit.site.secure));
        visit.redirect(&cookie::landing(&session.identity, None));
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
