//! What ingress answers.

mod json;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use service::problem::ProblemResponse;

use crate::State;

pub(crate) fn router(state: State) -> Router {
    Router::new()
        .route("/api/v1/metrics", post(json::push).fallback(wrong_method))
        .fallback(not_found)
        .with_state(state)
}

async fn not_found() -> impl IntoResponse {
    ProblemResponse::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
        .detail("push metrics to POST /api/v1/metrics")
}

async fn wrong_method() -> impl IntoResponse {
    ProblemResponse::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "use POST",
    )
}
