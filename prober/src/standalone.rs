//! A prober that stands alone: one file says what is checked; the console and `/metrics` say what was found.

mod board;
mod config;
mod console;
mod rhythm;
mod watch;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::api::{Api, Modules};
use crate::args;
use crate::check::Engine;
pub(crate) use board::Board;
use config::Config;
pub(crate) use config::{Module, predefined};
use console::Console;

/// Watches the endpoints of a file, without NATS.
#[derive(Debug, clap::Parser)]
#[command(name = "prober", version)]
pub struct Args {
    /// What is checked, in YAML with Gatus' keys. A change of the file is taken up by itself.
    #[arg(long, env = "OVERSEER_PROBER_CONFIG")]
    config: PathBuf,
    /// Where `/metrics`, `/probe` and `/check` are served.
    #[arg(long, env = "OVERSEER_PROBER_HTTP", default_value = "127.0.0.1:9115")]
    http: SocketAddr,
    /// Who asks has to show it: `Authorization: Bearer`.
    #[arg(long, env = "OVERSEER_PROBER_HTTP_TOKEN", hide_env_values = true)]
    http_token: Option<String>,
    /// Prints JSON, one result a line.
    #[arg(long)]
    json: bool,
    /// Prints only when an endpoint goes down or comes back.
    #[arg(long)]
    changes: bool,
    /// Checks at the same time.
    #[arg(long, env = "OVERSEER_PROBER_CONCURRENCY", default_value = "64")]
    concurrency: NonZeroUsize,
    #[command(flatten)]
    measuring: args::Measuring,
}

/// Runs until told to stop.
pub(crate) async fn serve(args: Args, ctx: service::Context) -> anyhow::Result<()> {
    let engine = Arc::new(Engine::new(args.measuring.settings())?);
    let config = read(&args.config).with_context(|| args.config.display().to_string())?;
    let board = Arc::new(Board::default());
    let console = Console::new(args.json, args.changes);
    console.warn(&config.warnings);
    let (path, endpoints, life) = (args.config.clone(), config.endpoints.len(), ctx.clone());
    let ready = ctx.ready.add("http");
    ctx.tasks.spawn(async move {
        life.all_ready().await;
        console.begin(&path, endpoints, life.http_addr());
    });
    let modules = Modules::new(config.modules.clone());
    let alone = Alone {
        engine: engine.clone(),
        board: board.clone(),
        console,
        places: Arc::new(Semaphore::new(args.concurrency.get())),
    };
    ctx.tasks.spawn(follow(
        args.config,
        config,
        alone,
        modules.clone(),
        ctx.shutdown.clone(),
    ));
    let api = Api {
        engine,
        modules,
        token: args.http_token.map(Into::into),
        board: Some(board),
    };
    ctx.serve_http(ready, args.http, api.router()).await
}

/// What every endpoint's task shares.
#[derive(Clone)]
struct Alone {
    engine: Arc<Engine>,
    board: Arc<Board>,
    console: Console,
    places: Arc<Semaphore>,
}

/// Checks what the file says, and what it says after a change. A file that cannot be read changes nothing.
async fn follow(
    path: PathBuf,
    mut config: Config,
    alone: Alone,
    modules: Modules,
    stop: CancellationToken,
) {
    let mut seen = watch::Stamp::of(&path);
    loop {
        alone.board.keep(&config.endpoints);
        let round = rhythm::Round::start(&config.endpoints, &alone);
        let read = loop {
            tokio::select! {
                () = stop.cancelled() => return round.end().await,
                stamp = seen.change(&path) => seen = stamp,
            }
            match read(&path) {
                Ok(config) => break config,
                Err(error) => alone.console.refuse(&path, &error),
            }
        };
        round.end().await;
        alone.console.reload(&path, read.endpoints.len());
        alone.console.warn(&read.warnings);
        modules.replace(read.modules.clone());
        config = read;
    }
}

fn read(path: &Path) -> Result<Config, config::Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the file names its variables; no argument can know them beforehand"
    )]
    config::read(path, |name| std::env::var(name).ok())
}
