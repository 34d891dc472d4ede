//! What can be done with members and invitations, each by a form that works without a script.

use contract::id::{InvitationId, Slug, UserId};
use contract::rpc::Role;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::problem::error_of;

#[server(prefix = "/fn", endpoint = "change-role-form")]
pub async fn change_by_form(tenant: Slug, user: UserId, role: Role) -> Result<(), Error> {
    crate::api::change_role(tenant, user, role).await.map(drop)
}

#[server(prefix = "/fn", endpoint = "remove-member-form")]
pub async fn remove_by_form(tenant: Slug, user: UserId) -> Result<(), Error> {
    crate::api::remove_member(tenant, user).await
}

#[server(prefix = "/fn", endpoint = "revoke-invitation-form")]
pub async fn revoke_by_form(tenant: Slug, id: InvitationId) -> Result<(), Error> {
    crate::api::revoke_invitation(tenant, id).await
}

#[server(prefix = "/fn", endpoint = "leave-tenant-form")]
pub async fn leave_by_form(tenant: Slug) -> Result<(), Error> {
    crate::api::leave_tenant(tenant).await
}

#[derive(Clone, Copy)]
pub struct Actions {
    pub change: ServerAction<ChangeByForm>,
    pub remove: ServerAction<RemoveByForm>,
    pub revoke: ServerAction<RevokeByForm>,
    pub leave: ServerAction<LeaveByForm>,
}

impl Actions {
    pub fn new() -> Self {
        Self {
            change: ServerAction::new(),
            remove: ServerAction::new(),
            revoke: ServerAction::new(),
            leave: ServerAction::new(),
        }
    }

    /// Grows with everything that was done to others.
    pub fn version(self) -> usize {
        self.change.version().get() + self.remove.version().get() + self.revoke.version().get()
    }

    /// The error of what was done last.
    pub fn error(self) -> Signal<Option<Error>> {
        let errors = [
            error_of(self.change),
            error_of(self.remove),
            error_of(self.revoke),
            error_of(self.leave),
        ];
        Signal::derive(move || errors.iter().find_map(|error| error.get()))
    }
}

impl Default for Actions {
    fn default() -> Self {
        Self::new()
    }
}
