#![doc = include_str!("../README.md")]

mod alerts;
mod args;
mod live;
mod maintenances;
mod metrics;
mod monitors;
mod notifier;
mod notify;
mod outbox;
mod probes;
pub mod rules;
mod schedule;
mod silence;
mod states;
mod sweep;

use std::sync::Arc;

use bus::Bus;
use contract::access;
use contract::channel::Kind;
use contract::id::Partition;
use service::{Check, Context};
use tokio_util::sync::CancellationToken;

pub use args::Args;

use alerts::Alerts;
use live::Pages;
use maintenances::Maintenances;
use monitors::Monitors;
use notifier::Sender;
use outbox::Outbox;
use rules::monitor::Memory;
use states::States;

/// What the rooms of the processor share.
#[derive(Clone)]
struct Shared {
    bus: Bus,
    monitors: Arc<Monitors>,
    states: Arc<States<Memory>>,
    alerts: Arc<Alerts>,
    maintenances: Arc<Maintenances>,
    pages: Arc<Pages>,
    instance: Arc<str>,
    /// Cancelled when it is time to take no new work.
    stop: CancellationToken,
}

/// Runs until told to stop and everything in hand is done.
pub async fn serve(args: Args, ctx: Context) -> anyhow::Result<()> {
    let ready = Ready::new(&ctx);
    let Some(bus) = Bus::connect(&args.nats, access::PROCESSOR, &ctx.shutdown).await? else {
        return Ok(());
    };
    let opened = async {
        let outbox = Outbox::open(&bus, &args).await;
        (Shared::open(&bus, &ctx).await, Arc::new(outbox))
    };
    let (shared, outbox) = tokio::select! {
        opened = opened => opened,
        () = ctx.shutdown.cancelled() => return Ok(()),
    };
    let sender = Arc::new(Sender::new(&bus, &args, &outbox)?);
    begin(&args, &ctx, &shared, ready);
    tell(&ctx, &bus, &outbox, &sender);
    ctx.shutdown.cancelled().await;
    ctx.tasks.close();
    ctx.tasks.wait().await;
    bus.flush().await;
    Ok(())
}

fn begin(args: &Args, ctx: &Context, shared: &Shared, ready: Ready) {
    let Shared {
        monitors, states, ..
    } = shared.clone();
    let stop = || ctx.shutdown.clone();
    ctx.tasks.spawn(monitors.follow(ready.monitors, stop()));
    ctx.tasks.spawn(states.follow(ready.states, stop()));
    let maintenances = Arc::clone(&shared.maintenances);
    ctx.tasks
        .spawn(maintenances.follow(ready.maintenances, stop()));
    follow_rules(ctx, &shared.alerts, ready.rules, ready.alerts);
    let follow = move |up, reason: &str| ready.nats.report(up, reason);
    ctx.tasks
        .spawn(shared.bus.clone().follow_connection(stop(), follow));
    ctx.tasks.spawn(shared.bus.clone().attend(stop()));
    let (pages, stopped) = (Arc::clone(&shared.pages), stop());
    ctx.tasks.spawn(async move { pages.run(stopped).await });
    ctx.tasks.spawn(sweep::run(shared.clone()));
    ctx.tasks
        .spawn(schedule::run(shared.clone(), args.compare_every()));
    for partition in Partition::all() {
        ctx.tasks.spawn(probes::run(shared.clone(), partition));
        ctx.tasks.spawn(metrics::run(shared.clone(), partition));
    }
}

/// What happened becomes notifications, and these are sent.
fn tell(ctx: &Context, bus: &Bus, outbox: &Arc<Outbox>, sender: &Arc<Sender>) {
    let stop = || ctx.shutdown.clone();
    let (bus, outbox) = (bus.clone(), Arc::clone(outbox));
    ctx.tasks.spawn(notify::run(bus, outbox, stop()));
    for kind in Kind::ALL {
        ctx.tasks
            .spawn(notifier::run(kind, Arc::clone(sender), stop()));
    }
}

fn follow_rules(ctx: &Context, alerts: &Arc<Alerts>, rules: Check, states: Check) {
    let stop = || ctx.shutdown.clone();
    let (followed, stopped) = (Arc::clone(alerts), stop());
    ctx.tasks
        .spawn(async move { followed.rules.follow(rules, stopped).await });
    let memories = Arc::clone(&alerts.states);
    ctx.tasks.spawn(memories.follow(states, stop()));
    ctx.tasks.spawn(alerts::run(Arc::clone(alerts), stop()));
}

impl Shared {
    /// Waits for what has to be there before work can begin.
    async fn open(bus: &Bus, ctx: &Context) -> Self {
        let states = Arc::new(States::open(bus).await);
        Self {
            bus: bus.clone(),
            monitors: Arc::new(Monitors::open(bus).await),
            alerts: Arc::new(Alerts::open(bus, Arc::clone(&states)).await),
            states,
            maintenances: Arc::new(Maintenances::open(bus).await),
            pages: Arc::new(Pages::new(bus)),
            instance: ctx.instance.as_str().into(),
            stop: ctx.shutdown.clone(),
        }
    }
}

/// What has to be up.
struct Ready {
    nats: Check,
    monitors: Check,
    states: Check,
    maintenances: Check,
    rules: Check,
    alerts: Check,
}

impl Ready {
    fn new(ctx: &Context) -> Self {
        Self {
            nats: ctx.ready.add("nats"),
            monitors: ctx.ready.add("monitors"),
            states: ctx.ready.add("states"),
            maintenances: ctx.ready.add("maintenances"),
            rules: ctx.ready.add("rules"),
            alerts: ctx.ready.add("alerts"),
        }
    }
}
