//! `GET /tenants/{tenant}/metrics[/latest|/label-values]`

use axum::Json;
use contract::query::{LabelValues, Latest, List, Matcher, Metric, Series};
use contract::rpc::Error;
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;
use crate::server::extract::Query;

/// `prefix`, `limit`.
pub(super) async fn list(
    Viewer(member): Viewer,
    Query(request): Query<List>,
) -> Result<Json<Vec<Metric>>, ProblemResponse> {
    Ok(Json(member.ask(request).await?))
}

/// `metric`, `label`, `prefix`, `limit`.
pub(super) async fn label_values(
    Viewer(member): Viewer,
    Query(request): Query<LabelValues>,
) -> Result<Json<Vec<String>>, ProblemResponse> {
    Ok(Json(member.ask(request).await?))
}

#[derive(Deserialize)]
pub(super) struct At {
    metric: String,
    /// Unix milliseconds; now where absent.
    at: Option<i64>,
}

/// `metric`, `match` (repeated), `at`.
pub(super) async fn latest(
    Viewer(member): Viewer,
    Query(At { metric, at }): Query<At>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Vec<Series>>, ProblemResponse> {
    let texts = pairs.iter().filter(|(name, _)| name == "match");
    let matchers: Result<Vec<Matcher>, _> = texts.map(|(_, text)| text.parse()).collect();
    let matchers = matchers.map_err(|error| Error::invalid("match", error.to_string()))?;
    let latest = Latest {
        metric,
        matchers,
        at_ms: at,
    };
    Ok(Json(member.ask(latest).await?))
}
