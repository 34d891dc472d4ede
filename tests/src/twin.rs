//! A second process of a service, beside the one that an environment supervises.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testkit::eventually;

const READY: Duration = Duration::from_secs(30);

/// A copy of a running service: same program, same settings, other ports. It is killed when dropped.
#[derive(Debug)]
pub struct Twin {
    child: Child,
    ready_file: PathBuf,
}

impl Twin {
    /// Starts it, and returns when it is ready.
    pub async fn of(pid: u32) -> Self {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let words = |file: &str| -> Vec<String> {
            let bytes = std::fs::read(process.join(file)).expect("the service runs");
            let words = bytes
                .split(|byte| *byte == 0)
                .filter(|word| !word.is_empty());
            words
                .map(|word| String::from_utf8_lossy(word).into_owned())
                .collect()
        };
        let arguments = words("cmdline");
        let variables = words("environ");
        let ready_file = std::env::temp_dir().join(format!("twin-of-{pid}-{}", std::process::id()));
        let child = Command::new(&arguments[0])
            .args(&arguments[1..])
            .env_clear()
            .envs(variables.iter().filter_map(|line| line.split_once('=')))
            .env("OVERSEER_OPS_ADDR", "127.0.0.1:0")
            .env("OVERSEER_READY_FILE", &ready_file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("what runs once runs twice");
        let twin = Self { child, ready_file };
        eventually(READY, async || twin.ready_file.exists()).await;
        twin
    }

    /// It is not scheduled any more, as on a machine that hangs.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a pid");
        kill(Pid::from_raw(pid), signal).expect("the twin runs");
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
        std::fs::remove_file(&self.ready_file).ok();
    }
}
