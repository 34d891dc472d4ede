//! Members of a tenant.

use contract::id::{Slug, UserId};
#[cfg(feature = "ssr")]
use contract::member;
use contract::member::Member;
use contract::rpc::Role;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

#[server(prefix = "/fn", endpoint = "members", input = Json)]
pub async fn members(tenant: Slug) -> Result<Vec<Member>, Error> {
    visit::serve("members", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(member::List::ALL).await
    })
    .await
}

/// Owners are made and unmade by owners alone; a tenant keeps at least one.
#[server(prefix = "/fn", endpoint = "change-role", input = Json)]
pub async fn change_role(tenant: Slug, user: UserId, role: Role) -> Result<Member, Error> {
    visit::serve("change-role", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(member::ChangeRole { user, role }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "remove-member", input = Json)]
pub async fn remove_member(tenant: Slug, user: UserId) -> Result<(), Error> {
    visit::serve("remove-member", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(member::Remove { user }).await
    })
    .await
}

/// Gives up the visitor's own place and goes to the front page.
#[server(prefix = "/fn", endpoint = "leave-tenant", input = Json)]
pub async fn leave_tenant(tenant: Slug) -> Result<(), Error> {
    visit::serve("leave-tenant", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(member::Leave {}).await?;
        visit.redirect("/");
        Ok(())
    })
    .await
}
