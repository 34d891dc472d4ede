//! Tenants themselves. These take plain form posts.

#[cfg(feature = "ssr")]
use contract::account;
use contract::id::Slug;
#[cfg(feature = "ssr")]
use contract::rpc::Role;
use leptos::prelude::*;

use super::Error;
#[cfg(feature = "ssr")]
use super::slug;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// Creates a tenant that the visitor owns and goes to its dashboard. `address` is its name in URLs.
#[server(prefix = "/fn", endpoint = "create-tenant")]
pub async fn create_tenant(address: String, name: String) -> Result<(), Error> {
    visit::serve("create-tenant", |visit| async move {
        let person = visit.person().await?;
        let slug = slug("address", &address)?;
        let form = account::TenantForm { slug, name };
        let created = person.ask(account::CreateTenant { form }).await?;
        visit.redirect(&format!("/d/{}", created.slug));
        Ok(())
    })
    .await
}

/// Gives a tenant another name; that in URLs stays.
#[server(prefix = "/fn", endpoint = "rename-tenant")]
pub async fn rename_tenant(tenant: Slug, name: String) -> Result<(), Error> {
    visit::serve("rename-tenant", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        let form = account::NameForm { name };
        member.ask(account::RenameTenant { form }).await.map(drop)
    })
    .await
}

/// Deletes a tenant with everything in it and goes to the front page. `confirm` is its name in URLs.
#[server(prefix = "/fn", endpoint = "delete-tenant")]
pub async fn delete_tenant(tenant: Slug, confirm: String) -> Result<(), Error> {
    visit::serve("delete-tenant", |visit| async move {
        let member = visit.member(&tenant, Role::Owner).await?;
        let confirm = confirm.trim().to_owned();
        member.ask(account::DeleteTenant { confirm }).await?;
        visit.redirect("/");
        Ok(())
    })
    .await
}
