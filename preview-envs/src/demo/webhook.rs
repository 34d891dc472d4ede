use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::progress::say;

/// As many notifications are kept for people to look at.
const KEPT: usize = 100;

type Received = Arc<Mutex<VecDeque<Value>>>;

/// `POST /webhook` takes notifications, `GET /webhook/received` shows the latest, newest first.
pub(super) fn router() -> Router {
    Router::new()
        .route("/webhook", post(receive))
        .route("/webhook/received", get(show))
        .with_state(Received::default())
}

async fn receive(
    State(received): State<Received>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("?");
    say(format!("webhook {}: {kind}", id.unwrap_or("without an id")));
    let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
    received.push_front(json!({"webhook_id": id, "body": body}));
    received.truncate(KEPT);
    StatusCode::NO_CONTENT
}

async fn show(State(received): State<Received>) -> Json<Vec<Value>> {
    let received = received.lock().unwrap_or_else(PoisonError::into_inner);
    Json(received.iter().cloned().collect())
}
