//! Somebody who may act, inside a tenant or for themselves, as verified for one request.

use bus::Bus;
use contract::account::{Identity, Membership};
use contract::id::{Slug, TenantId, UserId};
use contract::rpc::{Caller, Error, Request, Role};
use contract::token::{Grant, Scope};

use super::ask::ask;

#[derive(Clone)]
pub(crate) struct Member {
    bus: Bus,
    tenant: TenantId,
    caller: Caller,
}

impl Member {
    /// A person, if their role in the tenant is at least `needed`.
    pub(crate) fn person(
        bus: Bus,
        user: UserId,
        place: &Membership,
        needed: Role,
    ) -> Result<Self, Error> {
        if place.role < needed {
            return Err(Error::Forbidden);
        }
        let caller = Caller::Member {
            tenant: place.tenant,
            user,
            role: place.role,
        };
        Ok(Self {
            bus,
            tenant: place.tenant,
            caller,
        })
    }

    /// A program with an API token of the tenant: a viewer or, where it may manage, an editor. Its token's id stands where a
    /// person's would.
    pub(crate) fn program(bus: Bus, grant: &Grant) -> Self {
        let role = if grant.allows(Scope::Manage) {
            Role::Editor
        } else {
            Role::Viewer
        };
        let caller = Caller::Member {
            tenant: grant.tenant,
            user: UserId(grant.id.0),
            role,
        };
        Self {
            bus,
            tenant: grant.tenant,
            caller,
        }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(crate) async fn ask<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        ask(&self.bus, &self.caller, &request).await
    }
}

/// A person, wherever they belong.
#[derive(Clone)]
pub(crate) struct Person {
    bus: Bus,
    pub(crate) identity: Identity,
}

impl Person {
    pub(crate) fn new(bus: Bus, identity: Identity) -> Self {
        Self { bus, identity }
    }

    pub(crate) async fn ask<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        let user = self.identity.user.id;
        ask(&self.bus, &Caller::User { user }, &request).await
    }
}

/// The person's place in a tenant. To those who do not belong to it, a tenant does not exist.
pub(crate) fn place<'a>(identity: &'a Identity, tenant: &Slug) -> Result<&'a Membership, Error> {
    identity
        .memberships
        .iter()
        .find(|membership| membership.slug == *tenant)
        .ok_or_else(|| Error::not_found("tenant"))
}
