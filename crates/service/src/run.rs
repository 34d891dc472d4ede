//! From `main` to the last flushed span.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser};
use tokio::signal::unix::{SignalKind, signal};

use crate::{Context, healthcheck, logging, ops, telemetry};

/// How long draining may take.
const GRACE: Duration = Duration::from_secs(25);

/// A service of Overseer. Every setting can also be given as the environment variable named beside it.
///
/// `healthcheck` as the only word asks the service that runs beside it whether it is ready.
#[derive(Debug, Parser)]
struct Common<A: clap::Args> {
    /// Where `/livez`, `/readyz` and `/metrics` are served.
    #[arg(
        long,
        env = "OVERSEER_OPS_ADDR",
        default_value = "127.0.0.1:0",
        global = true
    )]
    ops_addr: SocketAddr,
    /// A file that is written when the service is ready: `{"pid","ops","http"}`.
    #[arg(long, env = "OVERSEER_READY_FILE", global = true)]
    ready_file: Option<PathBuf>,
    #[command(flatten)]
    telemetry: telemetry::Args,
    #[command(flatten)]
    service: A,
}

/// Runs a service: parses its arguments, starts telemetry, the ops endpoints and `serve`, hands signals on and drains.
pub fn run<A, F, Fut>(name: &'static str, serve: F) -> ExitCode
where
    A: clap::Args + Send + 'static,
    F: FnOnce(A, Context) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    if let Some(outcome) = healthcheck::asked_for() {
        return outcome;
    }
    let args = Common::<A>::parse();
    let ctx = Context::new(name);
    let telemetry = match telemetry::start(&args.telemetry, name, &ctx.instance) {
        Ok(telemetry) => telemetry,
        Err(error) => return complain(name, &error),
    };
    // One provider of cryptography for the whole process; a second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = runtime()
        .and_then(|runtime| runtime.block_on(live(args, ctx, telemetry.registry.clone(), serve)));
    if let Err(error) = &outcome {
        tracing::error!(error = format!("{error:#}"), "stopped by an error");
    }
    telemetry.stop();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(name, &error),
    }
}

/// The command line of a service with these settings: what its manifests may set.
pub fn command<A: clap::Args>() -> clap::Command {
    Common::<A>::command()
}

/// Runs what a person types: without telemetry and ops endpoints. Its warnings go to standard error, since standard output
/// is for what was asked.
pub fn run_command<F, Fut>(name: &'static str, command: F) -> ExitCode
where
    F: FnOnce(Context) -> Fut,
    Fut: Future<Output = anyhow::Result<ExitCode>>,
{
    let _ = rustls::crypto::ring::default_provider().install_default();
    logging::for_people();
    let ctx = Context::new(name);
    let outcome = runtime().and_then(|runtime| {
        runtime.block_on(async {
            ctx.tasks.spawn(stop_on_signal(ctx.clone()));
            let outcome = command(ctx.clone()).await;
            ctx.shutdown.cancel();
            ctx.tasks.close();
            ctx.tasks.wait().await;
            outcome
        })
    });
    outcome.unwrap_or_else(|error| complain(name, &error))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

#[expect(
    clippy::print_stderr,
    reason = "the last word of a process that fails, also when nothing collects its logs"
)]
fn complain(name: &str, error: &anyhow::Error) -> ExitCode {
    eprintln!("{name}: {error:#}");
    ExitCode::FAILURE
}

async fn live<A, F, Fut>(
    args: Common<A>,
    ctx: Context,
    registry: prometheus::Registry,
    serve: F,
) -> anyhow::Result<()>
where
    A: clap::Args,
    F: FnOnce(A, Context) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let ops = ops::serve(args.ops_addr, &ctx, registry).await?;
    ctx.tasks.spawn(stop_on_signal(ctx.clone()));
    if let Some(path) = args.ready_file {
        let ctx_of_file = ctx.clone();
        ctx.tasks.spawn(async move {
            tokio::select! {
                written = ctx_of_file.write_ready_file(&path, ops) => {
                    if let Err(error) = written {
                        tracing::error!(error = format!("{error:#}"), "nobody will learn that the service is ready");
                    }
                }
                () = ctx_of_file.shutdown.cancelled() => {}
            }
        });
    }
    tracing::info!(service = ctx.name, instance = ctx.instance, version = env!("CARGO_PKG_VERSION"), %ops, "starting");
    let work = async {
        let outcome = serve(args.service, ctx.clone()).await;
        ctx.shutdown.cancel();
        ctx.tasks.close();
        ctx.tasks.wait().await;
        outcome
    };
    let out_of_time = async {
        ctx.shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        outcome = work => outcome.inspect(|()| tracing::info!("drained")),
        () = out_of_time => anyhow::bail!("not drained after {} s; the rest is cut off", GRACE.as_secs()),
    }
}

async fn stop_on_signal(ctx: Context) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("cannot listen for signals");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = ctx.shutdown.cancelled() => return,
    }
    tracing::info!("told to stop; draining");
    ctx.shutdown.cancel();
}
