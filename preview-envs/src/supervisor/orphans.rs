//! Processes that a killed supervisor left behind.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Command;

use crate::environment::Environment;
use crate::progress::say;

/// A variable that every process inherits from its supervisor: the folder of the environment it belongs to.
const MARK: &str = "OVERSEER_PREVIEW";

pub(super) fn mark(command: &mut Command, environment: &Environment) {
    command.env(MARK, environment.folder());
}

/// Ends every process that carries this environment's mark: politely, then by force.
pub(super) async fn end_all(environment: &Environment) {
    let own = std::process::id();
    let mut told = false;
    for attempt in 0..120 {
        let left: Vec<u32> = marked(environment)
            .into_iter()
            .filter(|pid| *pid != own)
            .collect();
        if left.is_empty() {
            return;
        }
        if !told {
            say(format!(
                "ending {} process(es) that an earlier supervisor left behind",
                left.len()
            ));
            told = true;
        }
        let signal = if attempt < 60 {
            Signal::SIGTERM
        } else {
            Signal::SIGKILL
        };
        for pid in left.into_iter().filter(|_| attempt % 60 == 0) {
            if let Ok(pid) = i32::try_from(pid) {
                kill(Pid::from_raw(pid), signal).ok();
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn marked(environment: &Environment) -> Vec<u32> {
    let mut mark = OsString::from(format!("{MARK}=")).into_vec();
    mark.extend_from_slice(environment.folder().as_os_str().as_bytes());
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|variables| {
                variables
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == mark)
            })
        })
        .collect()
}
