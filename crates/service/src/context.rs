//! What a service is handed to live in.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Check, Readiness};

/// A running service's surroundings. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub name: &'static str,
    /// Unique per process, such as `ingress-4f1c`.
    pub instance: String,
    /// Cancelled when the process is told to stop: take no new work, finish what was begun.
    pub shutdown: CancellationToken,
    /// Every task of the service; the process ends after the last one.
    pub tasks: TaskTracker,
    pub ready: Readiness,
    http: Arc<OnceLock<SocketAddr>>,
}

impl Context {
    /// A context of its own, as [`crate::run`] makes one; tests start services in it.
    pub fn new(name: &'static str) -> Self {
        let instance = format!(
            "{name}-{:08x}",
            std::process::id() ^ crate::now().timestamp_subsec_nanos()
        );
        Self {
            name,
            instance,
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            ready: Readiness::new(),
            http: Arc::new(OnceLock::new()),
        }
    }

    /// Where [`Context::serve_http`] listens, once it does.
    pub fn http_addr(&self) -> Option<SocketAddr> {
        self.http.get().copied()
    }

    /// Returns when everything is ready.
    pub async fn all_ready(&self) {
        self.ready.all_up().await;
    }

    /// Serves `router` until told to stop and the last answer is sent; `ready` is up once it listens. Errors when the
    /// address cannot be bound.
    pub async fn serve_http(
        &self,
        ready: Check,
        listen: SocketAddr,
        router: axum::Router,
    ) -> anyhow::Result<()> {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let addr = listener.local_addr()?;
        tracing::info!(%addr, "serving HTTP");
        let _ = self.http.set(addr);
        ready.up();
        crate::http::serve(listener, router, self.shutdown.clone()).await;
        Ok(())
    }

    /// Once everything is ready: says so, and where it listens, in a file that appears whole or not at all.
    pub(crate) async fn write_ready_file(
        &self,
        path: &Path,
        ops: SocketAddr,
    ) -> anyhow::Result<()> {
        self.all_ready().await;
        let body =
            serde_json::json!({"pid": std::process::id(), "ops": ops, "http": self.http_addr()});
        let draft = path.with_extension("draft");
        tokio::fs::write(&draft, body.to_string()).await?;
        tokio::fs::rename(&draft, path)
            .await
            .with_context(|| format!("cannot write {}", path.display()))
    }
}
