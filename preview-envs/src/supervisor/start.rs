use std::net::SocketAddr;
use std::time::Duration;

use contract::access;
use contract::id::Region;
use nix::sys::signal::Signal;
use serde::Deserialize;
use tokio::process::Command;

use super::board::Board;
use crate::environment::{DATABASE, Environment, State};
use crate::server::{Process, nats, postgres};
use crate::{port, workspace};

mod variables;

pub(crate) use variables::distance_ms;

/// One thing that is kept running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unit {
    Nats,
    Postgres,
    Service(Service),
    Demo,
}

/// One of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Service {
    Ingress,
    Store,
    Processor,
    Frontend,
    Prober(Region),
}

/// What a process writes once it is ready.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ready {
    pub(super) http: Option<SocketAddr>,
    pub(super) ops: Option<SocketAddr>,
}

impl Unit {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Nats => "nats-server".to_owned(),
            Self::Postgres => "postgres".to_owned(),
            Self::Demo => "demo".to_owned(),
            Self::Service(Service::Prober(region)) => format!("prober-{region}"),
            Self::Service(service) => service.binary().to_owned(),
        }
    }

    /// Starts it, on the ports it had if it ran before.
    pub(super) async fn start(&self, board: &Board) -> anyhow::Result<Process> {
        match self {
            Self::Nats => start_nats(board).await,
            Self::Postgres => start_postgres(board).await,
            Self::Service(service) => start_service(self, service, board),
            Self::Demo => start_demo(board),
        }
    }

    /// What it says once it is ready; servers are when they were started.
    pub(super) fn readiness(&self, environment: &Environment) -> Option<Ready> {
        if matches!(self, Self::Nats | Self::Postgres) {
            return Some(Ready::default());
        }
        let text = std::fs::read(environment.ready_file(&self.name())).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

impl Service {
    pub(super) fn all(regions: &[Region]) -> Vec<Self> {
        [Self::Ingress, Self::Store, Self::Processor, Self::Frontend]
            .into_iter()
            .chain(regions.iter().cloned().map(Self::Prober))
            .collect()
    }

    /// The name of its binary, which is that of its NATS user too.
    pub(super) fn binary(&self) -> &'static str {
        match self {
            Self::Ingress => access::INGRESS,
            Self::Store => access::STORE,
            Self::Processor => access::PROCESSOR,
            Self::Frontend => access::FRONTEND,
            Self::Prober(_) => access::PROBER,
        }
    }
}

async fn start_nats(board: &Board) -> anyhow::Result<Process> {
    let (regions, ports) = board.read(|state| (state.settings.regions.clone(), state.nats));
    let options = nats::Options {
        ports,
        ..nats::Options::new(board.environment().nats(), regions)
    };
    let server = nats::Server::start(&options).await?;
    board.update(|state| state.nats = Some(server.ports()))?;
    Ok(server.into_process())
}

async fn start_postgres(board: &Board) -> anyhow::Result<Process> {
    let port = board.read(|state| state.postgres_port);
    let options = postgres::Options {
        port,
        ..postgres::Options::new(board.environment().postgres())
    };
    let server = postgres::Server::start(&options).await?;
    server.ensure_database(DATABASE).await?;
    board.update(|state| {
        state.postgres_port = Some(server.port());
        state.database_url = Some(server.owner_url(DATABASE));
    })?;
    Ok(server.into_process())
}

fn start_service(unit: &Unit, service: &Service, board: &Board) -> anyhow::Result<Process> {
    let mut command = command(service.binary(), board)?;
    board.read(|state| {
        variables::of_service(
            service,
            &unit.name(),
            state,
            board.environment(),
            &mut command,
        )
    })?;
    spawn(unit, command, board)
}

fn start_demo(board: &Board) -> anyhow::Result<Process> {
    let environment = board.environment();
    let mut command = Command::new(workspace::this_program()?);
    command.args(["demo", "--name", &environment.name().to_string()]);
    let old = board.read(|state| state.units.get("demo").and_then(|unit| unit.http));
    command
        .arg("--listen")
        .arg(variables::listen(old).to_string());
    spawn(&Unit::Demo, command, board)
}

fn spawn(unit: &Unit, command: Command, board: &Board) -> anyhow::Result<Process> {
    let environment = board.environment();
    let name = unit.name();
    std::fs::remove_file(environment.ready_file(&name)).ok();
    let process = Process::spawn(&name, command, &environment.log(&name))?;
    Ok(process.stops_on(Signal::SIGTERM, Duration::from_secs(30)))
}

/// A command of one of our binaries that is not a server: it runs once and ends.
pub(super) fn once(binary: &str, arguments: &[&str], board: &Board) -> anyhow::Result<Command> {
    let mut command = command(binary, board)?;
    command.args(arguments);
    board.read(|state| variables::of_step(state, board.environment(), &mut command))?;
    Ok(command)
}

fn command(binary: &str, board: &Board) -> anyhow::Result<Command> {
    let programs = board.read(|state| state.settings.programs());
    let file = programs.binaries.join(binary);
    anyhow::ensure!(
        file.is_file(),
        "{} is missing: it was not built",
        file.display()
    );
    let mut command = Command::new(file);
    command.current_dir(workspace::root());
    Ok(command)
}

/// Decides where ingress will listen, unless it has a place: services export to it, itself included.
pub(super) fn settle_ingress(state: &mut State) {
    let ingress = state.units.entry(access::INGRESS.to_owned()).or_default();
    if ingress.http.is_none() {
        let port = port::any().ok();
        ingress.http = port.map(|port| (std::net::Ipv4Addr::LOCALHOST, port).into());
    }
}

/// Gives up the ports of an earlier life that somebody else has by now.
pub(super) fn forget_taken_ports(state: &mut State) {
    let free = |address: &SocketAddr| port::is_free(address.port());
    state.postgres_port = state.postgres_port.filter(|port| port::is_free(*port));
    state.nats = state
        .nats
        .filter(|ports| port::is_free(ports.client) && port::is_free(ports.monitor));
    for unit in state.units.values_mut() {
        unit.http = unit.http.filter(free);
        unit.ops = unit.ops.filter(free);
    }
}
