//! Checks on demand: `/probe` as `blackbox_exporter` answers it, and `POST /check`.
//!
//! Whoever reaches it can make this prober dial: so it is off unless it is switched on, the address filter holds as everywhere,
//! and a token can be asked for.

mod once;
mod probe;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use service::problem::ProblemResponse;
use tokio::sync::Semaphore;

use crate::check::Engine;
use crate::standalone::{Board, Module, predefined};

/// What a check on demand may take: the answer has to go out before the HTTP server gives up.
const LONGEST: Duration = Duration::from_secs(25);
/// Checks on demand at the same time; more are refused.
const PLACES: usize = 64;

#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) engine: Arc<Engine>,
    pub(crate) modules: Modules,
    /// What everybody has to show, if anything.
    pub(crate) token: Option<Arc<str>>,
    /// What `/metrics` shows; only where a prober stands alone.
    pub(crate) board: Option<Arc<Board>>,
}

/// The modules of the moment.
#[derive(Clone)]
pub(crate) struct Modules(Arc<RwLock<BTreeMap<String, Module>>>);

impl Default for Modules {
    fn default() -> Self {
        Self::new(predefined())
    }
}

impl Modules {
    pub(crate) fn new(modules: BTreeMap<String, Module>) -> Self {
        Self(Arc::new(RwLock::new(modules)))
    }

    /// Takes these from now on.
    pub(crate) fn replace(&self, modules: BTreeMap<String, Module>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = modules;
    }

    fn find(&self, name: &str) -> Option<Module> {
        let modules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        modules.get(name).cloned()
    }

    fn names(&self) -> String {
        let modules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let names: Vec<&str> = modules.keys().map(String::as_str).collect();
        names.join(", ")
    }
}

impl Api {
    pub(crate) fn router(self) -> Router {
        let token = self.token.clone();
        let places = Arc::new(Semaphore::new(PLACES));
        let dialling = Router::new()
            .route("/probe", get(probe::probe))
            .route("/check", post(once::check))
            .layer(middleware::from_fn_with_state(places, in_a_place));
        Router::new()
            .merge(dialling)
            .route("/metrics", get(metrics))
            .layer(middleware::from_fn_with_state(token, authorized))
            .with_state(self)
    }
}

async fn metrics(State(api): State<Api>) -> Response {
    match &api.board {
        Some(board) => exposition(board.exposition().text()),
        None => refused(
            StatusCode::NOT_FOUND,
            "not_found",
            "metrics are on the ops port",
        ),
    }
}

fn exposition(text: String) -> Response {
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, text).into_response()
}

fn refused(status: StatusCode, code: &'static str, words: impl Into<String>) -> Response {
    ProblemResponse::new(status, code, words).into_response()
}

async fn in_a_place(
    State(places): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Response {
    match places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => refused(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            format!("{PLACES} checks on demand are running; try again in a second"),
        ),
    }
}

async fn authorized(
    State(token): State<Option<Arc<str>>>,
    request: Request,
    next: Next,
) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION);
    let shown = shown.and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    match token {
        Some(token) if !shown.is_some_and(|shown| same(shown, &token)) => refused(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "show the prober's token: Authorization: Bearer ...",
        ),
        _ => next.run(request).await,
    }
}

/// In a time that tells nothing of where they differ.
fn same(shown: &str, token: &str) -> bool {
    use sha2::{Digest, Sha256};
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(shown) == digest(token)
}
