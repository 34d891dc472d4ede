//! `GET /tenants/{tenant}/metrics[/latest|/label-values]`

use axum::Json;
use contract::query::{LabelValues, Latest, List, Matcher, Metric, Series};
use contract::rpc::Error;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Query;
use crate::server::member::Member;

/// How what is listed begins.
#[derive(Deserialize)]
pub(super) struct Beginning {
    #[serde(default)]
    prefix: String,
}

#[derive(Deserialize)]
pub(super) struct Label {
    metric: String,
    label: String,
}

/// List metrics
///
/// The metrics whose names begin like this, in the order of their names.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "list_metrics",
    tag = "metrics",
    params(
        Piece,
        ("prefix" = Option<String>, Query, max_length = 256, description = "How their names begin."),
    ),
    responses((status = 200, description = "Metrics.", body = Vec<Metric>)),
)]
pub(super) async fn list(
    member: Member,
    Query(Beginning { prefix }): Query<Beginning>,
    page: Page<String>,
) -> Result<Listed<Metric>, ProblemResponse> {
    let request = List {
        prefix,
        after: page.before.clone(),
        limit: Some(page.limit),
    };
    let metrics = member.ask(request).await?;
    Ok(page.of(metrics, |metric| metric.name.clone()))
}

/// List values of a label
///
/// Those that begin like this, in their order.
#[utoipa::path(
    get,
    path = "/metrics/label-values",
    operation_id = "list_label_values",
    tag = "metrics",
    params(
        ("metric" = String, Query, max_length = 256, example = "room_temperature"),
        ("label" = String, Query, max_length = 256, example = "room"),
        ("prefix" = Option<String>, Query, max_length = 256, description = "How they begin."),
        Piece,
    ),
    responses((status = 200, description = "Values.", body = Vec<String>)),
)]
pub(super) async fn label_values(
    member: Member,
    Query(Label { metric, label }): Query<Label>,
    Query(Beginning { prefix }): Query<Beginning>,
    page: Page<String>,
) -> Result<Listed<String>, ProblemResponse> {
    let request = LabelValues {
        metric,
        label,
        prefix,
        after: page.before.clone(),
        limit: Some(page.limit),
    };
    let values = member.ask(request).await?;
    Ok(page.of(values, String::clone))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct At {
    #[param(example = "room_temperature")]
    metric: String,
    /// Unix milliseconds; now where absent.
    at: Option<i64>,
}

/// Read the newest values
///
/// The newest point of each series at an instant, at most five minutes older.
#[utoipa::path(
    get,
    path = "/metrics/latest",
    operation_id = "read_latest",
    tag = "metrics",
    params(
        At,
        ("match" = Option<Vec<String>>, Query, explode, max_items = 16, example = json!(["room=kitchen"]), description = "What a label must be like: `name=value`, `name!=value`, `name=~expression` or `name!~expression`. May be repeated."),
    ),
    responses((status = 200, description = "One series each, with one point.", body = Vec<Series>)),
)]
pub(super) async fn latest(
    member: Member,
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
