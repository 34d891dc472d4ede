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
use tokio_util::sync::CancellationToken;

use crate::Args;
use crate::api::{Api, Modules};
use crate::check::Engine;
use crate::heartbeat;
use crate::job::Worker;
use crate::metrics::Metrics;

/// How long a check that was begun may go on after the prober was told to stop; a process is given 25 s, a check up to 60 s.
const FINISHING: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Checks whatever is due in its regions until told to stop; then finishes and acknowledges what was begun, and hands back what
/// takes too long.
pub async fn serve(args: Args, ctx: service::Context) -> anyhow::Result<()> {
    let nats_up = ctx.ready.add("nats");
    let jobs = ctx.ready.add("jobs");
    anyhow::ensure!(
        !args.regions.iter().any(Region::is_heartbeat),
        "the region `heartbeat` is where pings come from; no prober can stand there"
    );
    let engine = Engine::new(args.measuring.settings());
    let engine = Arc::new(engine.context("cannot start the measuring engine")?);
    let Some(bus) = Bus::connect(&args.nats, access::PROBER, &ctx.shutdown).await? else {
        return Ok(());
    };

    ctx.tasks.spawn(heartbeat::beat(
        bus.clone(),
        heartbeats(&args, &ctx.instance),
        ctx.shutdown.clone(),
    ));
    let follow = move |up, reason: &str| nats_up.report(up, reason);
    ctx.tasks
        .spawn(bus.clone().follow_connection(ctx.shutdown.clone(), follow));
    ctx.tasks.spawn(bus.clone().attend(ctx.shutdown.clone()));
    ctx.tasks.spawn(follow_jobs(
        bus.clone(),
        args.regions.clone(),
        jobs,
        ctx.shutdown.clone(),
    ));

    let worker = Worker {
        bus: bus.clone(),
        engine: engine.clone(),
        metrics: Arc::new(Metrics::new()),
        places: Arc::new(Semaphore::new(args.concurrency.get())),
        stop: ctx.shutdown.clone(),
        hand_back: CancellationToken::new(),
        instance: ctx.instance.as_str().into(),
        distance: Duration::ZERO,
    };
    on_demand(&args, &ctx, engine);
    let regions = args.regions.iter().map(Region::as_str).collect::<Vec<_>>();
    tracing::info!(
        regions = regions.join(","),
        concurrency = args.concurrency,
        "probing"
    );
    let work = args
        .regions
        .iter()
        .map(|region| probe(&args, &ctx, worker.clone(), region));
    tokio::select! {
        _ = join_all(work) => {}
        () = cut_off(&ctx.shutdown, &worker.hand_back) => {}
    }
    bus.flush().await;
    Ok(())
}

/// Serves checks on demand, where that is switched on. The prober stops if it cannot.
fn on_demand(args: &Args, ctx: &service::Context, engine: Arc<Engine>) {
    let Some(listen) = args.http else { return };
    let api = Api {
        engine,
        modules: Modules::default(),
        token: args.http_token.clone().map(Into::into),
        board: None,
    };
    let (ready, life) = (ctx.ready.add("http"), ctx.clone());
    ctx.tasks.spawn(async move {
        if let Err(error) = life.serve_http(ready, listen, api.router()).await {
            tracing::error!(error = format!("{error:#}"), "no checks on demand");
            life.shutdown.cancel();
        }
    });
}

/// Never returns: whoever works ends by itself.
async fn cut_off(stop: &CancellationToken, hand_back: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(FINISHING).await;
    hand_back.cancel();
    std::future::pending::<()>().await;
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

/// Ready is who can get jobs: without its durable a region has none.
async fn follow_jobs(
    bus: Bus,
    regions: Vec<Region>,
    ready: service::Check,
    stop: CancellationToken,
) {
    loop {
        let mut problem = None;
        for region in &regions {
            if let Err(error) = bus.backlog(&stream::prober(region)).await {
                problem = Some(error.to_string());
            }
        }
        ready.report(problem.is_none(), problem.as_deref().unwrap_or_default());
        tokio::select! {
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = stop.cancelled() => return,
        }
    }
}

fn heartbeats(args: &Args, instance: &str) -> Vec<Heartbeat> {
    let since = service::now();
    let heartbeat = |region: &Region| {
        let distance = u32::try_from(args.distance(region).as_millis()).ok();
        Heartbeat {
            simulated_distance_ms: distance.filter(|distance| *distance > 0),
            concurrency: u32::try_from(args.concurrency.get()).ok(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            kinds: Engine::KINDS.map(str::to_owned).to_vec(),
            ..Heartbeat::new(region.clone(), instance, since)
        }
    };
    args.regions.iter().map(heartbeat).collect()
}
