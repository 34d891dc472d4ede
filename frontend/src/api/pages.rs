//! What members do with status pages.

use contract::id::{MonitorId, PageId, Slug, UserId};
use contract::page::{Page, Spec};
#[cfg(feature = "ssr")]
use contract::{monitor, page, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::{domain, visit};

/// A page on its editor's desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub page: Page,
    /// What can stand on it.
    pub monitors: Vec<Choice>,
    /// Whether the reader may change it, by role or as a collaborator.
    pub may_edit: bool,
}

/// A monitor that can stand on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: MonitorId,
    pub name: String,
    pub group: Option<String>,
    pub public: bool,
}

#[server(prefix = "/fn", endpoint = "pages", input = Json)]
pub async fn pages(tenant: Slug) -> Result<Vec<Page>, Error> {
    visit::serve("pages", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(page::List::ALL).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "page-desk", input = Json)]
pub async fn page_desk(tenant: Slug, id: PageId) -> Result<Desk, Error> {
    visit::serve("page-desk", |visit| async move {
        let (identity, place) = visit.place(&tenant).await?;
        let member = visit.member(&tenant, Role::Viewer).await?;
        let page = member.ask(page::Read { id }).await?;
        let monitors = member.ask(monitor::List::ALL).await?.into_iter();
        Ok(Desk {
            may_edit: place.role >= Role::Editor || page.collaborators.contains(&identity.user.id),
            monitors: monitors.map(choice).collect(),
            page,
        })
    })
    .await
}

#[server(prefix = "/fn", endpoint = "create-page", input = Json)]
pub async fn create_page(tenant: Slug, spec: Spec) -> Result<Page, Error> {
    visit::serve("create-page", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(page::Create { spec }).await
    })
    .await
}

/// Refused when somebody else was faster.
#[server(prefix = "/fn", endpoint = "update-page", input = Json)]
pub async fn update_page(
    tenant: Slug,
    id: PageId,
    spec: Spec,
    revision: i64,
) -> Result<Page, Error> {
    visit::serve("update-page", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let revision = Some(revision);
        member.ask(page::Update { id, spec, revision }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "delete-page", input = Json)]
pub async fn delete_page(tenant: Slug, id: PageId) -> Result<(), Error> {
    visit::serve("delete-page", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(page::Delete { id }).await?;
        visit.redirect(&format!("/d/{tenant}/pages"));
        Ok(())
    })
    .await
}

/// An empty password opens the page to everybody.
#[server(prefix = "/fn", endpoint = "set-page-password")]
pub async fn set_page_password(
    tenant: Slug,
    id: PageId,
    #[server(default)] password: String,
) -> Result<(), Error> {
    visit::serve("set-page-password", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let password = Some(password).filter(|password| !password.is_empty());
        member.ask(page::SetPassword { id, password }).await?;
        Ok(())
    })
    .await
}

/// An empty domain gives the page's domain up.
#[server(prefix = "/fn", endpoint = "set-page-host")]
pub async fn set_page_host(
    tenant: Slug,
    id: PageId,
    #[server(default)] host: String,
) -> Result<(), Error> {
    visit::serve("set-page-host", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let host = Some(host).filter(|host| !host.trim().is_empty());
        member.ask(page::SetHost { id, host }).await?;
        Ok(())
    })
    .await
}

/// Looks for the TXT record of the page's domain.
#[server(prefix = "/fn", endpoint = "verify-page-host")]
pub async fn verify_page_host(tenant: Slug, id: PageId) -> Result<(), Error> {
    visit::serve("verify-page-host", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        domain::confirm(&visit.site, &member, id).await?;
        Ok(())
    })
    .await
}

/// Names the members who may edit the page whatever their role.
#[server(prefix = "/fn", endpoint = "set-page-collaborators", input = Json)]
pub async fn set_page_collaborators(
    tenant: Slug,
    id: PageId,
    users: Vec<UserId>,
) -> Result<(), Error> {
    visit::serve("set-page-collaborators", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(page::SetCollaborators { id, users }).await?;
        Ok(())
    })
    .await
}

#[server(prefix = "/fn", endpoint = "remove-page-logo")]
pub async fn remove_page_logo(tenant: Slug, id: PageId) -> Result<(), Error> {
    visit::serve("remove-page-logo", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(page::SetLogo { id, logo: None }).await?;
        Ok(())
    })
    .await
}

#[cfg(feature = "ssr")]
fn choice(overview: monitor::Overview) -> Choice {
    let spec = overview.monitor.spec;
    Choice {
        id: overview.monitor.id,
        name: spec.name,
        group: spec.group,
        public: spec.public,
    }
}
