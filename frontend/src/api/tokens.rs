//! API tokens.

use contract::id::{Slug, TokenId};
use contract::token::{Created, Scope, Token};
#[cfg(feature = "ssr")]
use contract::{rpc::Role, token};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

#[server(prefix = "/fn", endpoint = "tokens", input = Json)]
pub async fn tokens(tenant: Slug) -> Result<Vec<Token>, Error> {
    visit::serve("tokens", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(token::List::ALL).await
    })
    .await
}

/// Creates a token; its secret is in this answer and never again.
#[server(prefix = "/fn", endpoint = "create-token", input = Json)]
pub async fn create_token(
    tenant: Slug,
    name: String,
    scopes: Vec<Scope>,
) -> Result<Created, Error> {
    visit::serve("create-token", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(token::Create { name, scopes }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "revoke-token", input = Json)]
pub async fn revoke_token(tenant: Slug, id: TokenId) -> Result<(), Error> {
    visit::serve("revoke-token", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(token::Revoke { id }).await
    })
    .await
}
