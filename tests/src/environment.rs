//! An environment, brought up by the `preview` command as a person would.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use preview_envs::environment::Summary;
use testkit::eventually;
use tokio::process::Command;
use tokio::time::timeout;

use crate::story::{Story, say};

/// Starting may include installing what the machine lacks.
const UP: Duration = Duration::from_mins(5);
const DOWN: Duration = Duration::from_mins(1);
const RESTART: Duration = Duration::from_mins(1);
const PREFIX: &str = "test-";

/// What an environment is brought up with.
#[derive(Debug, Default)]
pub struct Plan {
    /// The demo tenant's fleet, monitors and history.
    pub demo: bool,
    /// Where telemetry goes.
    pub otlp_endpoint: Option<String>,
    /// Whether services tell nothing at all.
    pub silent: bool,
    /// How long it is wanted after its last use, such as `4h`.
    pub ttl: Option<&'static str>,
}

/// Names an environment that runs already, to look at it instead of bringing one up. For people who work on these tests.
const BORROWED: &str = "OVERSEER_TEST_ENVIRONMENT";

/// A running environment of one test.
#[derive(Debug)]
pub struct Environment {
    summary: Summary,
}

impl Environment {
    /// Brings up an environment of a random name with what was built last, and returns when it is ready.
    pub async fn up(plan: Plan) -> Self {
        if let Some(name) = borrowed() {
            let summary = find(&name).await;
            return Self { summary };
        }
        remove_abandoned().await;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let name = format!("{PREFIX}{}-{}", std::process::id(), &id[..6]);
        let mut command = preview(&["up", "--detach", "--json", "--no-build", "--name", &name]);
        if !plan.demo {
            command.arg("--no-demo");
        }
        if let Some(ttl) = plan.ttl {
            command.args(["--ttl", ttl]);
        }
        if let Some(endpoint) = plan.otlp_endpoint {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
            command.env("OTEL_BSP_SCHEDULE_DELAY", "500");
            command.env("OTEL_METRIC_EXPORT_INTERVAL", "2000");
        }
        if plan.silent {
            command.env("OTEL_SDK_DISABLED", "true");
        }
        let output = run(command, UP).await;
        let summary = serde_json::from_slice(&output.stdout)
            .expect("`preview up --json` prints exactly one JSON object");
        Self { summary }
    }

    /// Runs a story's last line: takes the environment down if everything held, and keeps its logs otherwise.
    pub async fn end(self, story: Story) {
        let holds = story.holds();
        if !holds {
            say(&format!("logs: {}", self.summary.state_dir));
        }
        if borrowed().is_none() {
            self.down(if holds { &[] } else { &["--keep"] }).await;
        }
        story.end();
    }

    /// Takes the environment down; none of its processes may be left.
    pub async fn take_down(&self) {
        self.down(&[]).await;
    }

    async fn down(&self, options: &[&str]) {
        let name = &self.summary.name;
        let pids = self.now().await.pids;
        let mut command = preview(&["down", "--name", name]);
        command.args(options);
        run(command, DOWN).await;
        let running =
            |pid: &u32| i32::try_from(*pid).is_ok_and(|pid| kill(Pid::from_raw(pid), None).is_ok());
        let left: BTreeMap<_, _> = pids.iter().filter(|(_, pid)| running(pid)).collect();
        assert!(left.is_empty(), "left over after `preview down`: {left:?}");
    }

    /// What `up` told.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What `list` tells now.
    pub async fn now(&self) -> Summary {
        find(&self.summary.name).await
    }

    pub fn ingress(&self, path: &str) -> String {
        told(self.summary.ingress_url.as_ref(), path)
    }

    pub fn frontend(&self, path: &str) -> String {
        told(self.summary.frontend_url.as_ref(), path)
    }

    pub fn status_page(&self) -> String {
        told(self.summary.status_page_url.as_ref(), "")
    }

    pub fn tenant(&self) -> String {
        told(self.summary.tenant.as_ref(), "")
    }

    /// A token that may push metrics for the tenant.
    pub fn token(&self) -> String {
        told(self.summary.token.as_ref(), "")
    }

    pub fn email(&self) -> String {
        told(self.summary.email.as_ref(), "")
    }

    pub fn password(&self) -> String {
        told(self.summary.password.as_ref(), "")
    }

    /// A region that probers of this environment stand in.
    pub fn region(&self) -> String {
        let region = self.summary.regions.first();
        region.expect("an environment has a region").to_string()
    }

    /// The database, as the role that owns the schema.
    pub async fn database(&self) -> sqlx::PgPool {
        let url = told(self.summary.database_url.as_ref(), "");
        let deadline = Duration::from_secs(30);
        eventually(deadline, || sqlx::PgPool::connect(&url)).await
    }

    /// Lifts the limits of the tenant's plan: a benchmark measures what the machine can do.
    pub async fn lift_limits(&self) {
        let database = self.database().await;
        let statement = "update tenant set samples_per_s = 100000000, requests_per_s = 1000000, active_series = 10000000 where slug = $1";
        let lifted = sqlx::query(statement)
            .bind(self.tenant())
            .execute(&database);
        let lifted = lifted.await.expect("the owner may");
        assert_eq!(lifted.rows_affected(), 1);
        database.close().await;
    }

    /// What the NATS server says to a service's user who sends these protocol lines.
    pub async fn nats_says(&self, user: &str, lines: &str) -> String {
        testkit::nats::say(&self.nats_url(), user, &self.nats_password(user), lines).await
    }

    pub fn nats_url(&self) -> String {
        told(self.summary.nats_url.as_ref(), "")
    }

    /// A path of the NATS server's monitoring.
    pub fn nats_monitor(&self, path: &str) -> String {
        told(self.summary.nats_monitor_url.as_ref(), path)
    }

    /// The password of a service's user.
    pub fn nats_password(&self, user: &str) -> String {
        let file = PathBuf::from(&self.summary.state_dir).join("nats/secrets.json");
        let secrets = std::fs::read(&file).expect("an environment keeps its secrets");
        let secrets: BTreeMap<String, String> =
            serde_json::from_slice(&secrets).expect("secrets are JSON");
        secrets[user].clone()
    }

    /// Sends a signal to a process as it runs now; returns its pid.
    pub async fn signal(&self, process: &str, signal: Signal) -> u32 {
        let pid = self.now().await.pids[process];
        let target = Pid::from_raw(i32::try_from(pid).expect("a pid"));
        kill(target, signal).expect("the process runs");
        pid
    }

    /// Kills a process with SIGKILL; returns when its successor runs and is ready.
    pub async fn kill(&self, process: &str) {
        self.end_with(process, Signal::SIGKILL).await;
    }

    /// Ends a process with a signal; returns when its successor runs and is ready.
    pub async fn end_with(&self, process: &str, signal: Signal) {
        let victim = self.signal(process, signal).await;
        eventually(RESTART, || async {
            let now = self.now().await;
            match now.pids.get(process) {
                Some(pid) if *pid != victim => self.is_ready(&now, process).await,
                _ => Err(format!("{process} was not started again")),
            }
        })
        .await;
    }

    async fn is_ready(&self, now: &Summary, process: &str) -> Result<(), String> {
        let Some(ops) = now.ops_urls.get(process) else {
            // Servers have no ops port: those who need them are not ready without them.
            return Ok(());
        };
        let answer = testkit::http::client().get(format!("{ops}/readyz")).send();
        let answer = answer.await.map_err(|error| error.to_string())?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(format!(
            "{process}: {}",
            answer.text().await.unwrap_or_default()
        ))
    }
}

/// What a `preview` command that succeeds prints.
pub async fn says(arguments: &[&str]) -> String {
    let output = run(preview(arguments), DOWN).await;
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The `preview` command as it was built with this test.
pub fn preview(arguments: &[&str]) -> Command {
    let own = std::env::current_exe().expect("a test knows its own file");
    // target/debug/deps/end_to_end-1a2b -> target/debug/preview
    let folder = own
        .ancestors()
        .nth(2)
        .expect("a test lies in target/debug/deps");
    let mut command = Command::new(folder.join("preview"));
    command.args(arguments);
    command
}

fn borrowed() -> Option<String> {
    std::env::var_os(BORROWED).and_then(|name| name.into_string().ok())
}

async fn list() -> Vec<Summary> {
    let output = run(preview(&["list", "--json"]), DOWN).await;
    serde_json::from_slice(&output.stdout)
        .expect("`preview list --json` prints exactly one JSON array")
}

async fn find(name: &str) -> Summary {
    let found = list().await.into_iter().find(|one| one.name == name);
    found.expect("the environment is listed")
}

/// Takes down what tests left that were killed.
async fn remove_abandoned() {
    let all = list().await;
    for name in all.into_iter().map(|environment| environment.name) {
        let owner = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next()?.parse().ok());
        if owner.is_some_and(|pid| kill(Pid::from_raw(pid), None).is_err()) {
            run(preview(&["down", "--name", &name]), DOWN).await;
        }
    }
}

async fn run(mut command: Command, deadline: Duration) -> Output {
    command
        .current_dir(preview_envs::workspace::root())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(deadline, command.output()).await;
    let output = output
        .unwrap_or_else(|_| panic!("{:?} took longer than {deadline:?}", command.as_std()))
        .expect("`preview` is there: `cargo preview test end-to-end` builds everything");
    assert!(
        output.status.success(),
        "{:?} ended with {}:\n{}{}",
        command.as_std(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn told(value: Option<&String>, suffix: &str) -> String {
    let value = value.expect("a ready environment tells everything");
    format!("{value}{suffix}")
}
