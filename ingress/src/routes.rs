//! What ingress answers.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use service::problem::ProblemResponse;

use crate::protocol::{influx, json, otlp, remote_write};
use crate::{State, faults, heartbeat, openapi, telemetry};

pub(crate) fn router(state: State) -> Router {
    let obeyed = state.bus.faults().clone();
    Router::new()
        .route("/api/v1/metrics", post(json::push))
        .route("/v1/metrics", post(otlp::push))
        .route("/v1/traces", post(telemetry::push_traces))
        .route("/v1/logs", post(telemetry::push_logs))
        .route("/api/v1/write", post(remote_write::push))
        .route("/write", post(influx::write))
        .route("/api/v2/write", post(influx::write_v2))
        .route("/ping/{key}", get(heartbeat::ping).post(heartbeat::ping))
        .route(
            "/ping/{key}/{signal}",
            get(heartbeat::signal).post(heartbeat::signal),
        )
        .route(
            "/api/push/{key}",
            get(heartbeat::push).post(heartbeat::push),
        )
        .route(
            "/api/v1/endpoints/{endpoint}/external",
            post(heartbeat::external),
        )
        .route("/api/v1/openapi.json", get(openapi::document))
        .method_not_allowed_fallback(wrong_method)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(obeyed, faults::obey))
        .with_state(state)
}

async fn not_found() -> impl IntoResponse {
    ProblemResponse::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
        .detail("what there is says GET /api/v1/openapi.json")
}

async fn wrong_method() -> impl IntoResponse {
    ProblemResponse::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this is no method for this path",
    )
}
