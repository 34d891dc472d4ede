//! The ops port: `/livez`, `/readyz`, `/metrics`.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus::{Encoder, Registry, TextEncoder};

use crate::{Context, Readiness};

/// Serves until the process ends: a draining service still answers its orchestrator. Returns the bound address.
pub(crate) async fn serve(
    listen: SocketAddr,
    ctx: &Context,
    registry: Registry,
) -> anyhow::Result<SocketAddr> {
    let router = axum::Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz).with_state(ctx.clone()))
        .route("/metrics", get(metrics).with_state(registry));
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen} for ops"))?;
    let addr = listener.local_addr()?;
    #[expect(
        clippy::disallowed_methods,
        reason = "outlives the service's tasks on purpose: readiness is asked for while draining"
    )]
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(addr)
}

/// 200 when the service can do its work; 503 with one line per thing that is not up.
async fn readyz(State(ctx): State<Context>) -> Response {
    if ctx.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    answer(&ctx.ready)
}

fn answer(ready: &Readiness) -> Response {
    let problems = ready.problems();
    if problems.is_empty() {
        return "ready\n".into_response();
    }
    let lines: Vec<String> = problems
        .iter()
        .map(|(what, reason)| format!("{what}: {reason}"))
        .collect();
    (StatusCode::SERVICE_UNAVAILABLE, lines.join("\n") + "\n").into_response()
}

async fn metrics(State(registry): State<Registry>) -> Response {
    let encoder = TextEncoder::new();
    let mut text = Vec::new();
    match encoder.encode(&registry.gather(), &mut text) {
        Ok(()) => (
            [(header::CONTENT_TYPE, encoder.format_type().to_owned())],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
