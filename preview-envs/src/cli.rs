//! The verbs. Progress goes to stderr, results to stdout.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::environment::{Environment, Name};

mod bench;
mod demo;
mod doctor;
mod down;
mod env;
mod extend;
mod fault;
mod follow;
mod list;
mod load;
mod logs;
mod nats_users;
mod open;
mod output;
mod package;
mod reap;
mod scenario;
mod supervise;
mod test;
mod up;

/// Previews of the whole system on this machine.
#[derive(Debug, Parser)]
#[command(name = "preview", bin_name = "cargo preview", version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Build everything and bring an environment up; Ctrl-C takes it down again.
    Up(up::Args),
    /// Drain an environment and remove it.
    Down(down::Args),
    /// Show all environments.
    List(list::Args),
    /// Show what the processes of an environment write.
    Logs(logs::Args),
    /// Show an environment's pages, and their address.
    Open(open::Args),
    /// Print an environment's addresses and credentials as shell variables.
    Env(env::Args),
    /// Count an environment's time to live from now on.
    Extend(extend::Args),
    /// Remove environments whose time is over, and what killed commands left behind.
    Reap(reap::Args),
    /// Run the test suites, on servers of their own.
    Test(test::Args),
    /// Run benchmarks, optimised, and print what they found.
    Bench(bench::Args),
    /// Break an environment on purpose, and mend it.
    Fault(fault::Args),
    /// Push as real fleets do, and hold what is stored against what was acknowledged.
    Load(load::Args),
    /// Play a fault with load, and tell what was seen beside what should have been.
    Scenario(scenario::Args),
    /// Tell what this machine has and lacks.
    Doctor,
    /// Print the NATS users of a deployment, to be included by its server's configuration.
    NatsUsers(nats_users::Args),
    /// Build what images are made of: static programs, the browser's half, a bill of materials.
    Package(package::Args),
    #[command(hide = true)]
    Supervise(Which),
    #[command(hide = true)]
    Demo(demo::Args),
}

/// The environment that is meant where none is named.
const DEFAULT_NAME: &str = "dev";

/// Which environment is meant.
#[derive(Debug, Clone, clap::Args)]
struct Which {
    /// The environment's name.
    #[arg(long, default_value = DEFAULT_NAME, global = true)]
    name: Name,
}

impl Which {
    fn environment(&self) -> Environment {
        Environment::named(self.name.clone())
    }
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.into()),
    };
    match runtime.block_on(cli.verb.act()) {
        Ok(code) => code,
        Err(error) => complain(&error),
    }
}

impl Verb {
    async fn act(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Up(args) => up::act(args).await?,
            Self::Down(args) => down::act(args).await?,
            Self::List(args) => list::act(&args)?,
            Self::Logs(args) => logs::act(args).await?,
            Self::Open(args) => open::act(args).await?,
            Self::Env(args) => env::act(&args)?,
            Self::Extend(args) => extend::act(&args)?,
            Self::Reap(args) => reap::act(args).await?,
            Self::Test(args) => return test::act(args).await,
            Self::Bench(args) => bench::act(args).await?,
            Self::Fault(args) => fault::act(args).await?,
            Self::Load(args) => return load::act(args).await,
            Self::Scenario(args) => return scenario::act(args).await,
            Self::Doctor => return doctor::act().await,
            Self::NatsUsers(args) => nats_users::act(&args)?,
            Self::Package(args) => package::act(args).await?,
            Self::Supervise(which) => supervise::act(which).await?,
            Self::Demo(args) => demo::act(args).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("\nerror: {error:#}");
    ExitCode::FAILURE
}
