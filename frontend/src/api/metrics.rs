//! Metrics and their points.

use contract::id::Slug;
use contract::query::{Answer, Metric, Range};
#[cfg(feature = "ssr")]
use contract::{query, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// The tenant's metrics, in the order of their names.
#[server(prefix = "/fn", endpoint = "metrics", input = Json)]
pub async fn metrics(tenant: Slug) -> Result<Vec<Metric>, Error> {
    visit::serve("metrics", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(query::List::default()).await
    })
    .await
}

/// The points of a range.
#[server(prefix = "/fn", endpoint = "query", input = Json)]
pub async fn query(tenant: Slug, range: Range) -> Result<Answer, Error> {
    visit::serve("query", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(query::Query { range }).await
    })
    .await
}
