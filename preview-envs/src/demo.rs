//! Something to look at: targets to watch, a receiver of notifications, and hosts that push metrics.
//!
//! It runs as a process of its own beside the services and speaks to them as any outsider does, over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::environment::Environment;
use crate::progress::say;
use crate::server::secrets::write_private;

mod fleet;
mod host;
pub mod seed;
mod targets;
mod webhook;

/// Serves targets and receiver and pushes metrics until told to stop.
pub async fn run(
    environment: &Environment,
    listen: SocketAddr,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let state = environment.read()?;
    let access = state
        .access
        .clone()
        .context("the tenant is not seeded yet")?;
    let ingress = state
        .http_url("ingress")
        .context("ingress has no address yet")?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let router = targets::router(Instant::now()).merge(webhook::router());

    let ready = serde_json::json!({"pid": std::process::id(), "http": address});
    write_private(
        &environment.ready_file("demo"),
        ready.to_string().as_bytes(),
    )?;
    say(format!("targets at http://{address}, pushing to {ingress}"));
    let url = Arc::from(format!("{ingress}/api/v1/metrics"));
    let fleet = fleet::push(url, Arc::from(access.token), stop.clone());
    let serve = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    let (served, ()) = tokio::join!(serve.into_future(), fleet);
    Ok(served?)
}
