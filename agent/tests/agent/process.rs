//! A running agent.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use preview_envs::scratch::Folder;
use testkit::eventually;

const ENDED: Duration = Duration::from_secs(30);

/// The agent on a state folder of its own. It is killed when dropped.
pub(crate) struct Agent {
    child: Child,
    log: std::path::PathBuf,
}

/// A state folder of a host that is registered with this ingress.
pub(crate) fn registered(url: &str) -> Folder {
    let folder = Folder::new("agent");
    let identity = serde_json::json!({
        "id": "01900000-0000-7000-8000-000000000000", "name": "web-1", "tenant": "acme",
        "ingress_url": url, "token": "ovs_secret",
    });
    std::fs::write(folder.path().join("agent.json"), identity.to_string()).expect("written");
    folder
}

pub(crate) fn command(state: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overseer-agent"));
    command.args(words).arg("--state-dir").arg(state);
    command
}

impl Agent {
    /// Measures ten times a second and pushes five times, so that tests need not wait.
    pub(crate) fn run(state: &Path) -> Self {
        let log = state.join("log");
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log");
        let words = [
            "run",
            "--interval-ms",
            "100",
            "--push-ms",
            "200",
            "--buffer-mib",
            "1",
        ];
        let child = command(state, &words).stderr(Stdio::from(file)).spawn();
        Self {
            child: child.expect("the agent starts"),
            log,
        }
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the agent runs");
        self.child.wait().expect("the agent ends");
    }

    /// Ends it as an operator would.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        let pid = Pid::from_raw(self.child.id().try_into().expect("a pid"));
        kill(pid, Signal::SIGTERM).expect("the agent runs");
        eventually(ENDED, || {
            let ended = self.child.try_wait().expect("a child");
            std::future::ready(ended.ok_or("the agent still runs"))
        })
        .await
    }

    /// Waits until it says something.
    pub(crate) async fn says(&self, words: &str) {
        eventually(ENDED, || async {
            let said = std::fs::read_to_string(&self.log).expect("a log");
            if said.contains(words) {
                Ok(())
            } else {
                Err(format!("{words:?} is not in {said}"))
            }
        })
        .await;
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
