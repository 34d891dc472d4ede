//! The REST API below `/api/v1`. Every error is a problem (RFC 9457).

mod agent;
mod agents;
mod alerts;
mod channel;
mod channels;
mod dead_letters;
mod deliveries;
mod incident;
mod incidents;
mod login;
mod maintenance;
mod maintenances;
mod metrics;
mod monitor;
mod monitors;
mod ping;
mod query;
mod regions;
mod results;
mod rule;
mod rules;
mod signup;
mod summary;
mod timings;
mod token;
mod tokens;

use axum::Router;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use service::problem::ProblemResponse;

use super::Site;

pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/signup", post(signup::create))
        .route("/login", post(login::create))
        .route("/agents/register", post(agent::register))
        .nest("/tenants/{tenant}", tenant())
        .fallback(unknown)
        .method_not_allowed_fallback(not_allowed)
        .layer(map_response(challenge))
}

fn tenant() -> Router<Site> {
    Router::new()
        .route("/monitors", get(monitors::list).post(monitors::create))
        .route(
            "/monitors/{id}",
            get(monitor::read)
                .put(monitor::update)
                .delete(monitor::remove),
        )
        .route("/monitors/{id}/results", get(results::list))
        .route("/monitors/{id}/summary", get(summary::read))
        .route("/monitors/{id}/timings", get(timings::read))
        .route("/metrics", get(metrics::list))
        .route("/metrics/latest", get(metrics::latest))
        .route("/metrics/label-values", get(metrics::label_values))
        .route("/query", get(query::read))
        .route("/incidents", get(incidents::list).post(incidents::create))
        .route(
            "/incidents/{id}",
            get(incident::read).delete(incident::remove),
        )
        .route("/incidents/{id}/updates", post(incident::add_update))
        .route("/rules", get(rules::list).post(rules::create))
        .route("/rules/backtest", post(rules::backtest))
        .route(
            "/rules/{id}",
            get(rule::read).put(rule::update).delete(rule::remove),
        )
        .route("/alerts", get(alerts::list))
        .route(
            "/maintenances",
            get(maintenances::list).post(maintenances::create),
        )
        .route(
            "/maintenances/{id}",
            put(maintenance::update).delete(maintenance::remove),
        )
        .route("/regions", get(regions::list))
        .route("/channels", get(channels::list).post(channels::create))
        .route(
            "/channels/{id}",
            get(channel::read)
                .put(channel::update)
                .delete(channel::remove),
        )
        .route("/channels/{id}/test", post(channel::test))
        .route("/channels/{id}/deliveries", get(deliveries::list))
        .route("/dead-letters", get(dead_letters::list))
        .route("/dead-letters/{id}/replay", post(dead_letters::replay))
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route("/tokens/{id}", delete(token::revoke))
        .route("/agents", get(agents::list).post(agents::invite))
        .route("/agents/{id}", delete(agent::remove))
}

async fn unknown() -> ProblemResponse {
    ProblemResponse::new(StatusCode::NOT_FOUND, "not_found", "there is no such path")
}

async fn not_allowed() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path does not know that method",
    )
}

/// Says how to authenticate to those who did not.
async fn challenge(response: Response) -> Response {
    if response.status() != StatusCode::UNAUTHORIZED {
        return response;
    }
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
    (challenge, response).into_response()
}
