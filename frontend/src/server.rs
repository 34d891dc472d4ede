//! The server: sessions, server functions, REST, live streams, assets and headers.

mod args;
mod ask;
mod assets;
mod bearer;
mod coalescing;
mod csrf;
pub(crate) mod domain;
mod extract;
pub(crate) mod faults;
mod gate;
mod headers;
mod hosts;
mod jwt;
mod live;
mod member;
mod openapi;
mod origin;
mod pages;
pub(crate) mod public;
mod rest;
mod router;
pub(crate) mod session;
mod shell;
mod site;
mod typed;
mod upload;
pub(crate) mod visit;

use bus::Bus;
use contract::access;

pub use args::Args;
use site::Site;

/// Serves until told to stop and drained.
pub async fn serve(args: Args, ctx: service::Context) -> anyhow::Result<()> {
    let (nats, http) = (ctx.ready.add("nats"), ctx.ready.add("http"));
    let Some(bus) = Bus::connect(&args.nats, access::FRONTEND, &ctx.shutdown).await? else {
        return Ok(());
    };
    let follow = move |up, reason: &str| nats.report(up, reason);
    ctx.tasks
        .spawn(bus.clone().follow_connection(ctx.shutdown.clone(), follow));
    ctx.tasks.spawn(bus.clone().attend(ctx.shutdown.clone()));
    let site = Site::new(&args, bus.clone(), &ctx).await?;
    ctx.serve_http(http, args.listen, router::router(site)?)
        .await?;
    bus.flush().await;
    Ok(())
}
