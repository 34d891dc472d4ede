use std::time::Duration;

use anyhow::bail;

use super::board::Board;
use super::crew::Crew;
use super::start::{self, Service, Unit};
use super::step;
use crate::demo::seed;
use crate::environment::State;
use crate::progress::{Step, say};
use crate::server::tail;

/// Services that do not say that they are ready within this time have a problem.
const READY: Duration = Duration::from_mins(3);
/// Deaths of one process before it was ever ready that end the attempt.
const HOPELESS: u32 = 5;

/// From nothing to a whole environment.
pub(super) async fn rise(board: &Board, crew: &mut Crew) -> anyhow::Result<()> {
    board.update(start::forget_taken_ports)?;
    add_all(board, crew, vec![Unit::Postgres, Unit::Nats]).await?;
    let environment = board.environment();
    let regions = board.read(|state| state.settings.regions.clone());
    let names: Vec<&str> = regions.iter().map(contract::id::Region::as_str).collect();
    let migrate = start::once("store", &["migrate"], board)?;
    let provision = start::once(
        "store",
        &["provision", "--regions", &names.join(",")],
        board,
    )?;
    board.update(start::settle_ingress)?;
    let (migrated, provisioned) = tokio::join!(
        step::run("migrate", migrate, environment.log("migrate")),
        step::run("provision", provision, environment.log("provision")),
    );
    migrated?;
    provisioned?;
    // The frontend shows people where to push to, so ingress has to have its port first.
    add_all(board, crew, vec![Unit::Service(Service::Ingress)]).await?;
    let others = Service::all(&regions)
        .into_iter()
        .filter(|service| *service != Service::Ingress);
    add_all(board, crew, others.map(Unit::Service).collect()).await?;
    furnish(board, crew).await
}

/// The tenant, its person and its token; with the demo, something to look at.
async fn furnish(board: &Board, crew: &mut Crew) -> anyhow::Result<()> {
    let frontend = board
        .read(|state| state.http_url("frontend"))
        .unwrap_or_default();
    let step = Step::begin("tenant");
    let access = seed::account(&frontend, board.read(|state| state.access.clone())).await?;
    let tenant = access.tenant.clone();
    board.update(|state| state.access = Some(access.clone()))?;
    step.done(format!("{tenant}, with a person and a token"));
    // So that who looks at a preview sees what it does.
    let admit = start::once("store", &["admit", "--email", &access.email], board)?;
    step::run("admit", admit, board.environment().log("admit")).await?;
    if !board.read(|state| state.settings.demo) {
        return Ok(());
    }
    add_all(board, crew, vec![Unit::Demo]).await?;
    let regions = board.read(|state| state.settings.regions.clone());
    let targets = board
        .read(|state| state.http_url("demo"))
        .unwrap_or_default();
    let step = Step::begin("monitors");
    let said = seed::monitors(&frontend, &access, &targets, &regions).await?;
    step.done(said);
    let history = start::once("store", &["demo", "--tenant", &tenant], board)?;
    step::run("history", history, board.environment().log("history")).await
}

/// Starts these together and waits for all of them.
async fn add_all(board: &Board, crew: &mut Crew, units: Vec<Unit>) -> anyhow::Result<()> {
    let mut starts = Vec::new();
    for unit in units {
        starts.push((unit.name(), Step::begin(unit.name())));
        crew.add(unit);
    }
    for (name, step) in starts {
        ready(board, &name, step).await?;
    }
    Ok(())
}

async fn ready(board: &Board, name: &str, step: Step) -> anyhow::Result<()> {
    let is_ready = |state: &State| state.units.get(name).is_some_and(|unit| unit.ready);
    let is_hopeless = |state: &State| {
        state
            .units
            .get(name)
            .is_some_and(|unit| unit.restarts >= HOPELESS)
    };
    let decided = board.wait_until(|state| is_ready(state) || is_hopeless(state));
    let in_time = tokio::time::timeout(READY, decided).await.is_ok();
    if in_time && board.read(is_ready) {
        step.done(board.read(|state| describe(state, name)));
        return Ok(());
    }
    let log = board.environment().log(name);
    let how = if in_time {
        "dies again and again"
    } else {
        "is not ready"
    };
    say(format!("{name} {how}; the end of {}:", log.display()));
    bail!("{name} {how}:\n{}", tail(&log, 12))
}

fn describe(state: &State, name: &str) -> String {
    let unit = state.units.get(name).cloned().unwrap_or_default();
    let address = match name {
        "nats-server" => state
            .nats
            .map(|ports| format!(", nats://127.0.0.1:{}", ports.client)),
        "postgres" => state
            .postgres_port
            .map(|port| format!(", 127.0.0.1:{port}")),
        _ => unit.http.map(|http| format!(", http://{http}")),
    };
    format!(
        "ready, pid {}{}",
        unit.pid.unwrap_or_default(),
        address.unwrap_or_default()
    )
}
