#![doc = include_str!("../README.md")]

mod args;
mod auth;
mod judge;
mod metrics;
mod publish;
mod routes;
mod tokens;

use std::sync::Arc;

use bus::Bus;
use contract::access;
use service::Context;

pub use args::{Args, Limits};

/// What the routes work with.
#[derive(Clone)]
struct State {
    bus: Bus,
    tokens: tokens::Tokens,
    limits: Limits,
    metrics: Arc<metrics::Metrics>,
}

/// Serves until told to stop and the last push is answered.
pub async fn serve(args: Args, ctx: Context) -> anyhow::Result<()> {
    let (nats, tokens_known) = (ctx.ready.add("nats"), ctx.ready.add("tokens"));
    let http = ctx.ready.add("http");
    let Some(bus) = Bus::connect(&args.nats, access::INGRESS, &ctx.shutdown).await? else {
        return Ok(());
    };
    let follow = move |up, reason: &str| nats.report(up, reason);
    ctx.tasks
        .spawn(bus.clone().follow_connection(ctx.shutdown.clone(), follow));
    let tokens = tokens::Tokens::default();
    ctx.tasks.spawn(
        tokens
            .clone()
            .follow(bus.clone(), tokens_known, ctx.shutdown.clone()),
    );
    let state = State {
        bus: bus.clone(),
        tokens,
        limits: args.limits,
        metrics: Arc::new(metrics::Metrics::new()),
    };
    ctx.serve_http(http, args.listen, routes::router(state))
        .await?;
    bus.flush().await;
    Ok(())
}
