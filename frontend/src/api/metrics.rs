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

/// As many as a list proposes.
#[cfg(feature = "ssr")]
const VALUES_SHOWN: u32 = 200;

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

/// The values that a label of a metric has.
#[server(prefix = "/fn", endpoint = "label-values", input = Json)]
pub async fn label_values(
    tenant: Slug,
    metric: String,
    label: String,
) -> Result<Vec<String>, Error> {
    visit::serve("label-values", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let question = query::LabelValues {
            metric,
            label,
            prefix: String::new(),
            after: None,
            limit: Some(VALUES_SHOWN),
        };
        member.ask(question).await
    })
    .await
}
