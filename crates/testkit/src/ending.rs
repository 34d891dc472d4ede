//! Ending child processes for certain.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use preview_envs::server::Process;

const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(2);

/// Sends `signal` and blocks until the process is gone, so that nothing of it outlives a test. Panics when it stays.
pub(crate) fn end(mut process: Process, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(process.pid()).expect("a pid"));
    let end = Instant::now() + PATIENCE;
    if is_running(&mut process) {
        // It may end between the question and the signal.
        kill(pid, signal).ok();
    }
    while is_running(&mut process) {
        if Instant::now() > end {
            kill(pid, Signal::SIGKILL).ok();
            assert!(
                std::thread::panicking(),
                "{} (pid {pid}) is left over: it did not end within {PATIENCE:?} of {signal}",
                process.name()
            );
            return;
        }
        std::thread::sleep(PAUSE);
    }
}

fn is_running(process: &mut Process) -> bool {
    matches!(process.ended(), Ok(None))
}
