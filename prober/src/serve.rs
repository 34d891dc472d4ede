//! A prober's life.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bus::Bus;
use contract::access;
use contract::id::Region;
use contract::region::Heartbeat;
use contract::stream;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::Args;
use crate::check::{Engine, Settings};
use crate::heartbeat;
use crate::job::Worker;
use crate::metrics::Metrics;

/// Checks whatever is due in its regions until told to stop; then finishes and acknowledges what was begun.
pub async fn serve(args: Args, ctx: service::Context) -> anyhow::Result<()> {
    let nats_up = ctx.ready.add("nats");
    let engine = Engine::new(Settings {
        allow: args.allow.clone(),
        ca_file: args.ca_file.clone(),
        name_servers: args.name_servers.clone(),
        body_limit_bytes: args.body_limit_bytes,
    })
    .context("cannot start the measuring engine")?;
    let bus = match Bus::connect(&args.nats, access::PROBER, &ctx.shutdown).await {
        Err(bus::Error::Stopped) => return Ok(()),
        connected => connected?,
    };

    ctx.tasks.spawn(heartbeat::beat(
        bus.clone(),
        heartbeats(&args, &ctx.instance),
        ctx.shutdown.clone(),
    ));
    let follow = move |up, reason: &str| nats_up.report(up, reason);
    ctx.tasks
        .spawn(bus.clone().follow_connection(ctx.shutdown.clone(), follow));

    let worker = Worker {
        bus: bus.clone(),
        engine: Arc::new(engine),
        metrics: Arc::new(Metrics::new()),
        places: Arc::new(Semaphore::new(args.concurrency.get())),
        instance: ctx.instance.as_str().into(),
        distance: Duration::ZERO,
    };
    let regions = args.regions.iter().map(Region::as_str).collect::<Vec<_>>();
    tracing::info!(
        regions = regions.join(","),
        concurrency = args.concurrency,
        "probing"
    );
    join_all(
        args.regions
            .iter()
            .map(|region| probe(&args, &ctx, worker.clone(), region)),
    )
    .await;
    bus.flush().await;
    Ok(())
}

async fn probe(args: &Args, ctx: &service::Context, worker: Worker, region: &Region) {
    let durable = stream::prober(region);
    let worker = Worker {
        distance: args.distance(region),
        ..worker
    };
    let bus = worker.bus.clone();
    let concurrency = args.concurrency.get();
    let handler = move |message| worker.clone().process(message);
    bus::consume(&bus, &durable, concurrency, &ctx.shutdown, handler).await;
}

fn heartbeats(args: &Args, instance: &str) -> Vec<Heartbeat> {
    let since = service::now();
    let heartbeat = |region: &Region| {
        let distance = u32::try_from(args.distance(region).as_millis()).ok();
        Heartbeat {
            simulated_distance_ms: distance.filter(|distance| *distance > 0),
            ..Heartbeat::new(region.clone(), instance, since)
        }
    };
    args.regions.iter().map(heartbeat).collect()
}
