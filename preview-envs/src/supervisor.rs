//! Starts, watches, restarts and drains the processes of one environment. It runs detached, as a process of its own.

use std::fs::OpenOptions;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, setsid};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::environment::{Environment, Phase, State};
use crate::progress::say;
use crate::server::postgres;
use crate::workspace;

mod backoff;
mod board;
mod crew;
mod keep;
mod orphans;
mod rise;
mod start;
mod step;

use board::Board;
use crew::Crew;

pub(crate) use start::distance_ms;

/// Each of the four layers of processes may take its grace.
const DRAINED: Duration = Duration::from_mins(2);

/// Ends what a killed supervisor left running.
pub async fn end_orphans(environment: &Environment) -> anyhow::Result<()> {
    orphans::end_all(environment).await;
    postgres::end_orphan(&environment.postgres()).await
}

/// Tells an environment's supervisor to drain, and waits until it has.
pub async fn stop(environment: &Environment) -> anyhow::Result<()> {
    let supervisor = environment.read()?.supervisor;
    let pid = supervisor.and_then(|pid| i32::try_from(pid).ok());
    if let Some(pid) = pid.filter(|_| environment.is_supervised()) {
        kill(Pid::from_raw(pid), Signal::SIGTERM)?;
    }
    let ended = async {
        while environment.is_supervised() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(DRAINED, ended)
        .await
        .with_context(|| format!("the supervisor of `{}` does not end", environment.name()))
}

/// Starts a supervisor that outlives the caller. It finds what to do in the state that is written down.
pub fn launch(environment: &Environment) -> anyhow::Result<()> {
    let log = environment.log("preview");
    let log = OpenOptions::new().create(true).append(true).open(log)?;
    let mut command = Command::new(workspace::this_program()?);
    command
        .args(["supervise", "--name", &environment.name().to_string()])
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    orphans::mark(&mut command, environment);
    command.spawn().context("cannot start the supervisor")?;
    Ok(())
}

/// Brings the environment up and looks after it until it is told to stop. Its stderr is the environment's log.
pub async fn supervise(environment: Environment) -> anyhow::Result<()> {
    // Ctrl-C in the terminal that asked for the environment is not meant for it.
    setsid().ok();
    // Held until this process is gone, so that nobody takes it for an orphan while it leaves.
    std::mem::forget(lock(&environment).await?);
    let board = Board::new(environment.clone())?;
    board.update(begin)?;
    orphans::end_all(&environment).await;

    let mut crew = Crew::new(board.clone());
    let risen = tokio::select! {
        risen = rise::rise(&board, &mut crew) => risen.map(|()| true),
        stopped = told_to_stop() => stopped.map(|()| false),
    };
    match &risen {
        Ok(true) => {
            board.update(|state| state.phase = Phase::Ready)?;
            say("ready");
            told_to_stop().await?;
        }
        Ok(false) => say("told to stop while starting"),
        Err(error) => say(format!("cannot bring it up: {error:#}")),
    }
    board.update(|state| state.phase = Phase::Stopping)?;
    crew.drain().await;
    board.update(|state| end(state, risen.as_ref().err()))?;
    say("stopped");
    risen.map(drop)
}

/// A `list` may hold the lock for the moment in which it looks.
async fn lock(environment: &Environment) -> anyhow::Result<std::fs::File> {
    for _ in 0..40 {
        if let Some(lock) = environment.lock()? {
            return Ok(lock);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("`{}` has a supervisor already", environment.name())
}

fn begin(state: &mut State) {
    state.phase = Phase::Starting;
    state.problem = None;
    state.supervisor = Some(std::process::id());
    for unit in state.units.values_mut() {
        unit.pid = None;
        unit.ready = false;
        unit.restarts = 0;
    }
}

fn end(state: &mut State, error: Option<&anyhow::Error>) {
    state.phase = if error.is_some() {
        Phase::Failed
    } else {
        Phase::Stopped
    };
    state.problem = error.map(|error| format!("{error:#}"));
    state.supervisor = None;
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    tokio::select! {
        _ = terminate.recv() => say("told to stop (SIGTERM)"),
        _ = interrupt.recv() => say("told to stop (SIGINT)"),
    }
    Ok(())
}
