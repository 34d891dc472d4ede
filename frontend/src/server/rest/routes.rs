//! Routes together with their description and their gate: none can be added without the others.

use std::convert::Infallible;

use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use contract::rpc::Role;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::strict::{self, Strict};
use crate::server::Site;
use crate::server::gate::Gate;
use crate::server::openapi::operations;

#[derive(Default)]
pub(super) struct Routes(OpenApiRouter<Site>);

impl Routes {
    pub(super) fn anyone(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::Anyone, handlers)
    }

    pub(super) fn person(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::Person, handlers)
    }

    pub(super) fn viewer(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::AtLeast(Role::Viewer), handlers)
    }

    pub(super) fn editor(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::AtLeast(Role::Editor), handlers)
    }

    pub(super) fn admin(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::AtLeast(Role::Admin), handlers)
    }

    pub(super) fn owner(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::AtLeast(Role::Owner), handlers)
    }

    pub(super) fn collaborator(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::Collaborator, handlers)
    }

    pub(super) fn insider(self, handlers: UtoipaMethodRouter<Site>) -> Self {
        self.add(Gate::Insider, handlers)
    }

    pub(super) fn nest(self, prefix: &str, inner: Self) -> Self {
        Self(self.0.nest(prefix, inner.0))
    }

    pub(super) fn split(self) -> (Router<Site>, OpenApi) {
        self.0.split_for_parts()
    }

    fn add(self, gate: Gate, handlers: UtoipaMethodRouter<Site>) -> Self {
        let (schemas, mut paths, methods) = handlers;
        for item in paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                operation.security = gate.security();
            }
        }
        let strict = Strict::new(&mut paths);
        let methods = methods
            .layer::<_, Infallible>(from_fn_with_state(strict, strict::judge))
            .layer(Extension(gate));
        Self(self.0.routes((schemas, paths, methods)))
    }
}
