//! Starting, serving, and the steps beside it.

use anyhow::Context as _;
use bus::Bus;
use contract::access;
use service::Context;

use crate::api::{self, App};
use crate::database::Database;
use crate::passwords::Passwords;
use crate::{
    Args, Command, closing, dead_letters, demo, events, health, housekeeping, metrics, migrations,
    own, relay, rolling_up, writer,
};

/// Does what the arguments say: serves until told to stop, or one step.
pub async fn run(args: Args, ctx: Context) -> anyhow::Result<()> {
    match args.command.clone() {
        None => serve(args, ctx).await,
        Some(Command::Migrate) => migrate(&args).await,
        Some(Command::Admit { email, tenant }) => own::admit(&owner(&args)?, &email, &tenant).await,
        Some(Command::ResetPassword { email }) => own::reset_password(&owner(&args)?, &email).await,
        Some(Command::Tidy) => closing::tidy(&database(&args)?).await,
        Some(Command::Demo { tenant }) => demo::generate(owner(&args)?, tenant).await,
        Some(Command::Provision { regions, replicas }) => {
            let nats = args.nats.into();
            match Bus::connect(&nats, access::DEPLOYER, &ctx.shutdown).await? {
                Some(bus) => Ok(bus::provision(&bus, &regions, replicas.into()).await?),
                None => anyhow::bail!("told to stop before anything was provisioned"),
            }
        }
    }
}

async fn serve(args: Args, ctx: Context) -> anyhow::Result<()> {
    let (postgres, nats) = (ctx.ready.add("postgres"), ctx.ready.add("nats"));
    let writing = ctx.ready.add("writing");
    let database = database(&args)?;
    if !migrations::check(&database, &ctx.shutdown).await? {
        return Ok(());
    }
    let Some(bus) = Bus::connect(&args.nats.into(), access::STORE, &ctx.shutdown).await? else {
        return Ok(());
    };
    metrics::observe_pool(database.pool());
    let database = database.obeying(bus.faults().clone());
    let stop = || ctx.shutdown.clone();
    ctx.tasks.spawn(bus.clone().attend(stop()));
    writer::start(&database, &bus, &ctx, writing, args.sampling.into());
    ctx.tasks
        .spawn(events::run(database.clone(), bus.clone(), stop()));
    ctx.tasks
        .spawn(dead_letters::run(database.clone(), bus.clone(), stop()));
    ctx.tasks
        .spawn(relay::run(database.clone(), bus.clone(), stop()));
    ctx.tasks.spawn(housekeeping::run(database.clone(), stop()));
    ctx.tasks.spawn(closing::run(database.clone(), stop()));
    ctx.tasks.spawn(rolling_up::run(database.clone(), stop()));
    ctx.tasks
        .spawn(health::run(database.clone(), postgres, stop()));
    let follow = move |up, reason: &str| nats.report(up, reason);
    ctx.tasks
        .spawn(bus.clone().follow_connection(stop(), follow));
    let app = App {
        database,
        bus: bus.clone(),
        passwords: Passwords::new(),
        by_invitation: args.by_invitation,
    };
    let server = api::server(&bus, app).serve(&ctx.shutdown);
    server
        .await
        .map_err(|error| anyhow::anyhow!("cannot answer requests: {error}"))
}

async fn migrate(args: &Args) -> anyhow::Result<()> {
    let owner = owner(args)?;
    migrations::apply(&owner, args.timescale).await?;
    match args.telemetry_token.as_deref() {
        Some(secret) if !secret.is_empty() => own::grant(&owner, secret).await,
        _ => Ok(()),
    }
}

fn database(args: &Args) -> anyhow::Result<Database> {
    let url = args.database_url.as_ref();
    let url = url.context("OVERSEER_STORE_DATABASE_URL is not set")?;
    Database::new(url, args.connections).context("OVERSEER_STORE_DATABASE_URL cannot be read")
}

fn owner(args: &Args) -> anyhow::Result<String> {
    args.owner_url
        .clone()
        .context("OVERSEER_STORE_OWNER_URL is not set")
}
