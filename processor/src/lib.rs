#![doc = include_str!("../README.md")]

mod args;
mod metrics;
mod monitors;
mod notifier;
mod notify;
mod probes;
pub mod rules;
mod schedule;
mod states;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::channel::Kind;
use contract::id::Partition;
use service::{Check, Context};
use tokio_util::sync::CancellationToken;

pub use args::Args;

use monitors::Monitors;
use states::States;

/// Runs until told to stop and everything in hand is done.
pub async fn serve(args: Args, ctx: Context) -> anyhow::Result<()> {
    let ready = Ready::new(&ctx);
    let bus = match Bus::connect(&args.nats, access::PROCESSOR, &ctx.shutdown).await {
        Ok(bus) => bus,
        Err(bus::Error::Stopped) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let opened = tokio::select! {
        opened = open(&bus) => opened,
        () = ctx.shutdown.cancelled() => return Ok(()),
    };
    let sender = notifier::Sender::new(&bus, &args, opened.deliveries.clone())?;
    let (connected, lane, stop) = (ready.nats.clone(), bus.clone(), ctx.shutdown.clone());
    ctx.tasks
        .spawn(async move { watch_connection(&lane, &connected, &stop).await });
    begin(&args, &ctx, &bus, &opened, ready);
    for kind in Kind::ALL {
        let (sender, bus, stop) = (Arc::clone(&sender), bus.clone(), ctx.shutdown.clone());
        ctx.tasks
            .spawn(async move { notifier::run(kind, sender, &bus, &stop).await });
    }
    ctx.shutdown.cancelled().await;
    ctx.tasks.close();
    ctx.tasks.wait().await;
    bus.flush().await;
    Ok(())
}

/// What has to be up.
struct Ready {
    nats: Check,
    monitors: Check,
    states: Check,
}

impl Ready {
    fn new(ctx: &Context) -> Self {
        Self {
            nats: ctx.ready.add("nats"),
            monitors: ctx.ready.add("monitors"),
            states: ctx.ready.add("states"),
        }
    }
}

/// What has to be there before work can begin.
struct Opened {
    monitors: Arc<Monitors>,
    states: Arc<States>,
    deliveries: bus::Bucket<notifier::Progress>,
}

async fn open(bus: &Bus) -> Opened {
    Opened {
        monitors: Arc::new(Monitors::open(bus).await),
        states: Arc::new(States::open(bus).await),
        deliveries: bus.bucket(contract::stream::DELIVERIES).await,
    }
}

/// Starts everything that knows monitors and samples.
fn begin(args: &Args, ctx: &Context, bus: &Bus, opened: &Opened, ready: Ready) {
    let (monitors, states) = (&opened.monitors, &opened.states);
    spawn(
        ctx,
        (monitors, states),
        move |monitors, _, stop| async move {
            monitors.follow(&ready.monitors, &stop).await;
        },
    );
    spawn(ctx, (monitors, states), move |_, states, stop| async move {
        states.follow(&ready.states, &stop).await;
    });
    let room = sweep::Sweep::new(bus.clone());
    spawn(
        ctx,
        (monitors, states),
        |monitors, states, stop| async move {
            room.run(&monitors, &states, &stop).await;
        },
    );
    let keeper = schedule::Keeper::new(bus.clone(), args.compare_every());
    spawn(ctx, (monitors, states), |monitors, _, stop| async move {
        keeper.run(&monitors, &stop).await;
    });
    for partition in Partition::all() {
        let lane = bus.clone();
        spawn(
            ctx,
            (monitors, states),
            move |monitors, states, stop| async move {
                probes::run(&lane, partition, monitors, states, &stop).await;
            },
        );
        let lane = bus.clone();
        spawn(ctx, (monitors, states), move |_, _, stop| async move {
            metrics::run(&lane, partition, &stop).await;
        });
    }
    let lane = bus.clone();
    spawn(ctx, (monitors, states), |_, _, stop| async move {
        notify::run(&lane, &stop).await;
    });
}

/// Keeps `/readyz` honest about NATS.
async fn watch_connection(bus: &Bus, connected: &Check, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if bus.is_connected() {
            connected.up();
        } else {
            connected.down("NATS cannot be reached");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = stop.cancelled() => {}
        }
    }
}

fn spawn<F, Fut>(ctx: &Context, (monitors, states): (&Arc<Monitors>, &Arc<States>), work: F)
where
    F: FnOnce(Arc<Monitors>, Arc<States>, CancellationToken) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    ctx.tasks.spawn(work(
        Arc::clone(monitors),
        Arc::clone(states),
        ctx.shutdown.clone(),
    ));
}
