//! A real agent on this machine, let in as a person would let it in.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use preview_envs::build;
use preview_envs::scratch::Folder;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::Environment;
use crate::api::{Api, text};

const ENDED: Duration = Duration::from_secs(30);

/// It is killed, and its state removed, when dropped.
pub struct Agent {
    child: Child,
    folder: Folder,
}

/// What an agent says of its own account when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub pushed: i64,
    pub refused: i64,
    /// Samples that found no room in the buffer.
    pub dropped: i64,
    pub waiting_bytes: i64,
}

impl Agent {
    /// Adds a host, registers with the code, and runs with these options.
    pub async fn start(environment: &Environment, host: &str, options: &[&str]) -> Self {
        let api = Api::sign_in(environment).await;
        let invited = api
            .post("/agents", &json!({ "name": host }))
            .await
            .expect(201);
        Self::let_in(environment, &text(&invited, "code"), options).await
    }

    /// Registers with a code that somebody was given, and runs with these options.
    pub async fn let_in(environment: &Environment, code: &str, options: &[&str]) -> Self {
        let (folder, url) = (Folder::new("agent"), environment.frontend(""));
        let register = command(&folder, &["register", "--url", &url, "--code", code]);
        let output = { register }.output().await.expect("the agent runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let child = run(&folder, options);
        Self { child, folder }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("the agent runs")
    }

    /// Ends it as a crash would, and starts it again with these options.
    pub async fn restart_after_crash(&mut self, options: &[&str]) {
        self.child.kill().await.expect("the agent runs");
        self.child = run(&self.folder, options);
    }

    /// Ends it as an operator would; returns what it says then.
    pub async fn stop(mut self) -> Account {
        let pid = i32::try_from(self.pid()).expect("a pid");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("the agent runs");
        let ended = tokio::time::timeout(ENDED, self.child.wait()).await;
        let status = ended.expect("it ends in time").expect("it ends");
        assert!(status.success(), "{status}: {}", self.log());
        self.account()
    }

    /// Everything it said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn account(&self) -> Account {
        let log = self.log();
        let last = log.lines().last().unwrap_or_default();
        let numbers: Vec<i64> = last
            .split_once("stopped; ")
            .unwrap_or_default()
            .1
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        let [pushed, refused, dropped, waiting_bytes] = numbers[..] else {
            panic!("the agent does not give account of itself: {log}")
        };
        Account {
            pushed,
            refused,
            dropped,
            waiting_bytes,
        }
    }
}

fn run(folder: &Folder, options: &[&str]) -> Child {
    let log = folder.path().join("log");
    let log = std::fs::File::options().create(true).append(true).open(log);
    let mut command = command(folder, &["run"]);
    command
        .args(options)
        .stderr(log.expect("a log"))
        .stdout(Stdio::null());
    command.spawn().expect("the agent runs")
}

fn command(folder: &Folder, words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(words).arg("--state-dir").arg(folder.path());
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn program() -> PathBuf {
    let program = build::binary("overseer-agent");
    assert!(
        program.is_file(),
        "{} is missing: `cargo preview test end-to-end` builds it",
        program.display()
    );
    program
}
