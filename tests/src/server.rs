//! A server of somebody else, on a port and in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use preview_envs::port;
use preview_envs::scratch::Folder;
use preview_envs::toolchain::peers::PROMETHEUS;
use testkit::eventually;
use tokio::process::{Child, Command};

const READY: Duration = Duration::from_mins(1);

/// It is killed, and its folder removed, when dropped.
pub struct Server {
    child: Child,
    port: u16,
    folder: Folder,
}

impl Server {
    /// Starts a Prometheus with the configuration that `configuration` makes of its port.
    pub async fn prometheus(configuration: impl FnOnce(u16) -> String, more: &[&str]) -> Self {
        let program = PROMETHEUS
            .find()
            .unwrap_or_else(|| panic!("{}", PROMETHEUS.instruction()));
        let arguments = |port: u16, folder: &Path| {
            let config = folder.join("prometheus.yml");
            std::fs::write(&config, configuration(port)).expect("written");
            let own = [
                format!("--config.file={}", config.display()),
                format!("--storage.tsdb.path={}", folder.join("data").display()),
                format!("--web.listen-address=127.0.0.1:{port}"),
            ];
            let more = more.iter().map(|argument| (*argument).to_owned());
            own.into_iter().chain(more).collect()
        };
        Self::start(program, arguments, "/-/ready").await
    }

    /// Starts a program with the arguments that `arguments` makes of its port and folder; waits until `ready_path` answers.
    pub async fn start(
        program: PathBuf,
        arguments: impl FnOnce(u16, &Path) -> Vec<String>,
        ready_path: &str,
    ) -> Self {
        let folder = Folder::new("server");
        let port = port::any().expect("a free port");
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let child = Command::new(&program)
            .args(arguments(port, folder.path()))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn();
        let server = Self {
            child: child.expect("the program runs"),
            port,
            folder,
        };
        let url = server.url(ready_path);
        eventually(READY, || async {
            let answer = crate::api::client().get(&url).send().await;
            let answer = answer.map_err(|error| format!("{error}: {}", server.log()))?;
            let ready = answer.status().is_success();
            ready.then_some(()).ok_or_else(|| server.log())
        })
        .await;
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// The value of one of its own metrics, added up over its labels; zero while there is none.
    pub async fn metric(&self, name: &str) -> f64 {
        let text = crate::api::get(&self.url("/metrics")).await.text;
        let of_name = |line: &&str| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(['{', ' ']))
        };
        let values = text
            .lines()
            .filter(of_name)
            .filter_map(|line| line.rsplit_once(' '));
        values
            .filter_map(|(_, value)| value.parse::<f64>().ok())
            .sum()
    }

    /// The last it said.
    pub fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(10).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}
