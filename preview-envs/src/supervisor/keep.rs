use std::process::ExitStatus;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::board::Board;
use super::start::Unit;
use crate::progress::say;
use crate::server::Process;

/// How one life of a process ended.
enum End {
    Asked,
    Died(String),
}

/// Keeps a process running until `stop`: one that dies is started again, after a pause that grows.
pub(super) async fn keep(unit: Unit, board: Board, stop: CancellationToken) {
    let name = unit.name();
    let mut backoff = Backoff::default();
    loop {
        let began = Instant::now();
        let end = tokio::select! {
            () = stop.cancelled() => End::Asked,
            started = unit.start(&board) => match started {
                Ok(process) => live(&unit, process, &board, &stop).await,
                Err(error) => End::Died(format!("could not be started: {error:#}")),
            },
        };
        board.update_unit(&name, |unit| {
            unit.pid = None;
            unit.ready = false;
        });
        let End::Died(how) = end else { return };
        let pause = backoff.next(began.elapsed());
        say(format!(
            "{name} {how}; starting it again in {:.2} s",
            pause.as_secs_f64()
        ));
        board.update_unit(&name, |unit| unit.restarts += 1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn live(unit: &Unit, mut process: Process, board: &Board, stop: &CancellationToken) -> End {
    let name = unit.name();
    let pid = process.pid();
    board.update_unit(&name, |unit| unit.pid = Some(pid));
    let ended = tokio::select! {
        ended = process.wait() => Some(ended),
        () = stop.cancelled() => None,
        () = watch_readiness(unit, board) => None,
    };
    match ended {
        Some(Ok(status)) => End::Died(describe(status)),
        Some(Err(error)) => End::Died(format!("was lost: {error:#}")),
        None => {
            let began = Instant::now();
            match process.stop().await {
                Ok(status) => say(format!(
                    "{name} stopped in {:.1} s ({status})",
                    began.elapsed().as_secs_f64()
                )),
                Err(error) => say(format!("{name} could not be stopped: {error:#}")),
            }
            End::Asked
        }
    }
}

/// Notes where the process listens once it says so, and then never returns.
async fn watch_readiness(unit: &Unit, board: &Board) {
    let ready = loop {
        if let Some(ready) = unit.readiness(board.environment()) {
            break ready;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let name = unit.name();
    board.update_unit(&name, |unit| {
        unit.ready = true;
        unit.http = ready.http.or(unit.http);
        unit.ops = ready.ops.or(unit.ops);
        if unit.restarts > 0 {
            say(format!(
                "{name} runs again, pid {}",
                unit.pid.unwrap_or_default()
            ));
        }
    });
    std::future::pending::<()>().await;
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was killed by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}
