//! Invitations into a tenant.

use contract::id::{InvitationId, Slug};
use contract::invitation::{Form, Invitation, Offer};
#[cfg(feature = "ssr")]
use contract::{invitation, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;
#[cfg(feature = "ssr")]
use crate::view::invitation::link;

/// A fresh invitation and the link that uses it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Invited {
    #[serde(flatten)]
    pub invitation: Invitation,
    /// Told once: it carries the secret.
    pub link: String,
}

#[server(prefix = "/fn", endpoint = "invitations", input = Json)]
pub async fn invitations(tenant: Slug) -> Result<Vec<Invitation>, Error> {
    visit::serve("invitations", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(invitation::List::ALL).await
    })
    .await
}

/// Makes an invitation; its link is in this answer and never again.
#[server(prefix = "/fn", endpoint = "invite-member", input = Json)]
pub async fn invite_member(tenant: Slug, form: Form) -> Result<Invited, Error> {
    visit::serve("invite-member", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        let here = visit.origin()?;
        let created = member.ask(invitation::Create { form }).await?;
        Ok(Invited {
            link: link(&here, &created.secret),
            invitation: created.invitation,
        })
    })
    .await
}

#[server(prefix = "/fn", endpoint = "revoke-invitation", input = Json)]
pub async fn revoke_invitation(tenant: Slug, id: InvitationId) -> Result<(), Error> {
    visit::serve("revoke-invitation", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(invitation::Revoke { id }).await
    })
    .await
}

/// What a link offers; for anybody who has it.
#[server(prefix = "/fn", endpoint = "show-invitation", input = Json)]
pub async fn show_invitation(secret: String) -> Result<Offer, Error> {
    visit::serve("show-invitation", |visit| async move {
        visit.ask(invitation::Show { secret }).await
    })
    .await
}

/// Makes the visitor a member and goes to the tenant's dashboard. Takes plain form posts, too.
#[server(prefix = "/fn", endpoint = "accept-invitation")]
pub async fn accept_invitation(secret: String) -> Result<(), Error> {
    visit::serve("accept-invitation", |visit| async move {
        let person = visit.person().await?;
        let place = person.ask(invitation::Accept { secret }).await?;
        visit.redirect(&format!("/d/{}", place.slug));
        Ok(())
    })
    .await
}
