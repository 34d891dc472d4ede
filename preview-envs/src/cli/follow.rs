use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::signal::unix::{SignalKind, signal};

use crate::environment::{Environment, Phase};
use crate::progress::say;

const LOOK: Duration = Duration::from_millis(100);

/// What is appended to a file.
#[derive(Debug)]
pub(super) struct Tail {
    file: PathBuf,
    position: u64,
}

impl Tail {
    pub(super) fn at_end_of(file: &Path) -> Self {
        let position = std::fs::metadata(file).map_or(0, |meta| meta.len());
        Self {
            file: file.to_owned(),
            position,
        }
    }

    pub(super) fn from_start_of(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            position: 0,
        }
    }

    /// The whole lines that were added since the last call.
    pub(super) fn fresh(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.file).and_then(|mut file| {
            if file.metadata()?.len() < self.position {
                self.position = 0;
            }
            file.seek(SeekFrom::Start(self.position))?;
            file.read_to_end(&mut bytes)
        });
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        bytes.truncate(if read.is_ok() { whole } else { 0 });
        self.position += bytes.len() as u64;
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Shows what the supervisor says until the environment is ready, or will never be. Says whether it was told to stop:
/// a person who gives up waiting wants nothing left running.
pub(super) async fn until_ready(
    environment: &Environment,
    tail: &mut Tail,
) -> anyhow::Result<bool> {
    let decided = async {
        // The supervisor needs a moment to take its lock.
        let mut patience = 50;
        loop {
            show(tail);
            let phase = environment.read().map(|state| state.phase);
            let supervised = environment.is_supervised();
            patience = if supervised { 0 } else { patience - 1 };
            match phase {
                Ok(Phase::Ready | Phase::Failed | Phase::Stopped) => break,
                _ if !supervised && patience < 0 => break,
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    };
    if !is_interrupted(decided).await? {
        return Ok(false);
    }
    ask_to_stop(environment)?;
    watch_until_stopped(environment, tail).await;
    Ok(true)
}

/// Shows what the supervisor says; Ctrl-C ends the environment.
pub(super) async fn until_stopped(
    environment: &Environment,
    tail: &mut Tail,
) -> anyhow::Result<()> {
    if is_interrupted(watch_until_stopped(environment, tail)).await? {
        ask_to_stop(environment)?;
        watch_until_stopped(environment, tail).await;
    }
    Ok(())
}

/// Tells the supervisor to drain.
pub(super) fn ask_to_stop(environment: &Environment) -> anyhow::Result<()> {
    let supervisor = environment.read()?.supervisor;
    if let Some(pid) = supervisor
        .and_then(|pid| i32::try_from(pid).ok())
        .filter(|_| environment.is_supervised())
    {
        say("draining; every process ends in good order");
        kill(Pid::from_raw(pid), Signal::SIGTERM)?;
    }
    Ok(())
}

pub(super) async fn watch_until_stopped(environment: &Environment, tail: &mut Tail) {
    while environment.is_supervised() {
        show(tail);
        tokio::time::sleep(LOOK).await;
    }
    show(tail);
}

fn show(tail: &mut Tail) {
    eprint!("{}", tail.fresh());
}

async fn is_interrupted(work: impl Future<Output = ()>) -> anyhow::Result<bool> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        () = work => false,
        _ = interrupt.recv() => true,
        _ = terminate.recv() => true,
        _ = hangup.recv() => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Folder;

    #[test]
    fn only_whole_lines_are_shown_and_each_once() {
        let folder = Folder::new("tail");
        let file = folder.path().join("log");
        let mut tail = Tail::from_start_of(&file);
        assert_eq!(tail.fresh(), "");
        std::fs::write(&file, "one\ntw").expect("written");
        assert_eq!(tail.fresh(), "one\n");
        std::fs::write(&file, "one\ntwo\n").expect("written");
        assert_eq!(tail.fresh(), "two\n");
        std::fs::write(&file, "new\n").expect("written");
        assert_eq!(tail.fresh(), "new\n");
    }
}
