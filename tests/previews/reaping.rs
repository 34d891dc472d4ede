use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use preview_envs::environment::{Name, Phase, State};
use system_tests::Environment;
use system_tests::environment::{Plan, preview, says};
use testkit::eventually;

const SOON: Duration = Duration::from_mins(1);

/// All that an environment has on this machine.
struct Traces {
    folder: PathBuf,
    /// Where Postgres keeps its data, which may lie elsewhere.
    data: PathBuf,
    pids: Vec<u32>,
}

#[tokio::test]
async fn what_nobody_used_for_its_time_is_removed_without_a_trace() {
    let wanted = Environment::up(Plan::default()).await;
    let expiring = Environment::up(Plan {
        ttl: Some("1s"),
        ..Plan::default()
    })
    .await;
    let name = format!("`{}`", expiring.summary().name);
    let traces = Traces::of(Path::new(&expiring.summary().state_dir));

    eventually(SOON, || async {
        let said = says(&["reap", "--dry-run"]).await;
        said.contains(&name).then_some(()).ok_or(said)
    })
    .await;
    assert_eq!(
        expiring.now().await.state,
        Phase::Ready,
        "it was only looked at"
    );

    let said = says(&["reap"]).await;
    assert!(
        said.contains(&format!("{name} is removed: its time is over")),
        "{said}"
    );
    traces.expect_none();
    assert_eq!(wanted.now().await.state, Phase::Ready, "it is wanted");
    wanted.take_down().await;
}

#[tokio::test]
async fn extending_counts_the_time_to_live_from_now() {
    let environment = Environment::up(Plan {
        ttl: Some("1h"),
        ..Plan::default()
    })
    .await;
    let name = environment.summary().name.clone();
    let before = environment.now().await.expires_at_ms.expect("it expires");
    says(&["extend", "--name", &name, "--ttl", "2h"]).await;
    let after = environment.now().await.expires_at_ms.expect("it expires");
    assert!(after >= before + 3_600_000, "{before} {after}");
    environment.take_down().await;
}

#[tokio::test]
async fn what_a_killed_up_left_in_the_middle_is_found_and_removed() {
    let name: Name = format!("test-{}-killed", std::process::id())
        .parse()
        .expect("a name");
    let environment = preview_envs::environment::Environment::named(name.clone());
    let mut up = preview(&[
        "up",
        "--detach",
        "--no-build",
        "--no-demo",
        "--name",
        &name.to_string(),
    ])
    .spawn()
    .expect("it starts");
    // In the middle: both servers run, and nothing of ours is ready.
    let state = eventually(SOON, || async {
        let state = environment.read().map_err(|error| error.to_string())?;
        let runs = |unit: &str| state.units.get(unit).is_some_and(|unit| unit.pid.is_some());
        let middle = runs("nats-server") && runs("postgres");
        middle
            .then_some(state)
            .ok_or_else(|| "too early".to_owned())
    })
    .await;
    let supervisor = state.supervisor.expect("somebody supervises");
    end(supervisor);
    up.kill().await.expect("killed");
    let traces = Traces::of(environment.folder());
    assert!(!traces.pids.is_empty());

    // A process that was killed holds its locks for a moment, and so does what it was just about to start.
    let removed = format!("`{name}` is removed");
    eventually(SOON, || async {
        let said = says(&["reap"]).await;
        said.contains(&removed).then_some(()).ok_or(said)
    })
    .await;
    traces.expect_none();
}

impl Traces {
    fn of(folder: &Path) -> Self {
        let data = folder.join("postgres").join("data");
        let state = std::fs::read(folder.join("state.json")).expect("a state");
        let state: State = serde_json::from_slice(&state).expect("JSON");
        Self {
            folder: folder.to_owned(),
            data: data.canonicalize().expect("a cluster"),
            pids: state.units.values().filter_map(|unit| unit.pid).collect(),
        }
    }

    fn expect_none(&self) {
        assert!(!self.folder.exists(), "{} is left", self.folder.display());
        assert!(!self.data.exists(), "{} is left", self.data.display());
        let left: Vec<&u32> = self.pids.iter().filter(|pid| runs(**pid)).collect();
        assert!(left.is_empty(), "{left:?} are left");
    }
}

fn end(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).expect("a pid"));
    kill(pid, Signal::SIGKILL).expect("it runs");
}

/// One that ended and was not collected yet has no command line any more.
fn runs(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}
