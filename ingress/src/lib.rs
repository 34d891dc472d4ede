#![doc = include_str!("../README.md")]

mod args;
mod auth;
mod batch;
mod body;
mod faults;
#[cfg(test)]
mod fuzz;
mod heartbeat;
mod inflate;
mod intake;
mod judge;
mod metrics;
mod mirror;
mod openapi;
mod protocol;
mod publish;
mod rates;
mod routes;
mod telemetry;
mod tenants;
mod tokens;
mod wire;

use std::sync::Arc;

use bus::Bus;
use contract::{access, stream};
use service::Context;

pub use args::{Args, Limits};

/// What the routes work with.
#[derive(Clone)]
struct State {
    bus: Bus,
    tokens: tokens::Tokens,
    tenants: tenants::Tenants,
    heartbeats: heartbeat::Targets,
    limits: Limits,
    metrics: Arc<metrics::Metrics>,
    instance: Arc<str>,
}

/// Serves until told to stop and the last push is answered.
pub async fn serve(args: Args, ctx: Context) -> anyhow::Result<()> {
    let (nats, http) = (ctx.ready.add("nats"), ctx.ready.add("http"));
    let (tokens_known, monitors_known) = (ctx.ready.add("tokens"), ctx.ready.add("monitors"));
    let Some(bus) = Bus::connect(&args.nats, access::INGRESS, &ctx.shutdown).await? else {
        return Ok(());
    };
    let follow = move |up, reason: &str| nats.report(up, reason);
    ctx.tasks
        .spawn(bus.clone().follow_connection(ctx.shutdown.clone(), follow));
    ctx.tasks.spawn(bus.clone().attend(ctx.shutdown.clone()));
    let state = State {
        bus: bus.clone(),
        tokens: tokens::Tokens::default(),
        tenants: tenants::Tenants::default(),
        heartbeats: heartbeat::Targets::default(),
        limits: args.limits,
        metrics: Arc::new(metrics::Metrics::new()),
        instance: ctx.instance.as_str().into(),
    };
    let (tokens, heartbeats) = (state.tokens.clone(), state.heartbeats.clone());
    ctx.tasks.spawn(tokens.follow(
        bus.clone(),
        stream::TOKENS,
        tokens_known,
        ctx.shutdown.clone(),
    ));
    ctx.tasks.spawn(heartbeats.follow(
        bus.clone(),
        stream::MONITORS,
        monitors_known,
        ctx.shutdown.clone(),
    ));
    ctx.serve_http(http, args.listen, routes::router(state))
        .await?;
    bus.flush().await;
    Ok(())
}
