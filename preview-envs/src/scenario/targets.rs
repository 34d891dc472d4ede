//! Something to be checked, and somebody to be told, on a port of this machine.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

#[derive(Debug, Default)]
struct Habits {
    fails: AtomicBool,
    told: Mutex<Vec<String>>,
}

/// Serves as long as it lives.
pub(super) struct Target {
    address: String,
    habits: Arc<Habits>,
    _serving: DropGuard,
}

impl Target {
    pub(super) async fn serve() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.context("a target cannot listen")?;
        let address = format!("http://{}", listener.local_addr()?);
        let habits = Arc::<Habits>::default();
        let router = Router::new()
            .route("/", get(answer))
            .route("/webhook", post(hear))
            .with_state(habits.clone());
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        #[expect(clippy::disallowed_methods, reason = "ends with its target")]
        tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
            serving.await
        });
        Ok(Self {
            address,
            habits,
            _serving: stop.drop_guard(),
        })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// From now on it answers 500.
    pub(super) fn fail(&self) {
        self.habits.fails.store(true, Ordering::Relaxed);
    }

    /// The webhooks that came, as they came.
    pub(super) fn told(&self) -> Vec<String> {
        let told = self.habits.told.lock();
        told.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(State(habits): State<Arc<Habits>>) -> StatusCode {
    if habits.fails.load(Ordering::Relaxed) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    }
}

async fn hear(State(habits): State<Arc<Habits>>, body: Bytes) -> StatusCode {
    let text = String::from_utf8_lossy(&body).into_owned();
    let mut told = habits.told.lock().unwrap_or_else(PoisonError::into_inner);
    told.push(text);
    StatusCode::NO_CONTENT
}
