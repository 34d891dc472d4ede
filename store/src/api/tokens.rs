//! API tokens.

use contract::id::TokenId;
use contract::rpc::Error;
use contract::token::{Create, Created, List, PREFIX, Revoke, Token};

use super::App;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::token;
use crate::{secrets, validation};

/// Longest name, in characters.
const MAX_NAME: usize = 80;

pub(super) async fn create(
    app: App,
    Insider { tenant, .. }: Insider,
    request: Create,
) -> Result<Created, Failure> {
    let name = request.name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(Error::invalid("name", "between 1 and 80 characters").into());
    }
    if request.scopes.is_empty() {
        return Err(Error::invalid("scopes", "at least one").into());
    }
    let secret = secrets::generate(PREFIX);
    let token = Token {
        id: TokenId::generate(),
        name: name.to_owned(),
        scopes: request.scopes,
        created_at: service::now(),
    };
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    token::insert(&mut transaction, tenant, &token, &secrets::digest(&secret)).await?;
    transaction.commit().await?;
    Ok(Created { token, secret })
}

pub(super) async fn list(
    app: App,
    Insider { tenant, .. }: Insider,
    request: List,
) -> Result<Vec<Token>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = request.limit.map(validation::limit);
    Ok(token::list(&mut transaction, request.after, limit).await?)
}

pub(super) async fn revoke(
    app: App,
    Insider { tenant, .. }: Insider,
    request: Revoke,
) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !token::delete(&mut transaction, request.id).await? {
        return Err(Error::not_found("token").into());
    }
    Ok(transaction.commit().await?)
}
