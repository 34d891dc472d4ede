//! Services as processes of their own, without an environment around them: to be measured, killed and paused.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testkit::{Nats, eventually};

const READY: Duration = Duration::from_secs(30);
/// The unit of proc(5), the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running process. It is killed when dropped.
pub struct Running {
    child: Child,
    folder: PathBuf,
}

impl Running {
    /// Starts a built service that speaks with this NATS server, and returns when it is ready.
    pub async fn service(name: &'static str, nats: &Nats, own: &[(&str, String)]) -> Self {
        let args = nats.args(name);
        let common = [
            ("OVERSEER_NATS_URL", args.nats_url),
            ("OVERSEER_NATS_PASSWORD", args.nats_password),
        ];
        let folder = scratch(name);
        let ready_file = folder.join("ready.json");
        let mut command = Command::new(preview_envs::build::binary(name));
        command
            .env("RUST_LOG", "warn")
            .envs(common.iter().chain(own).map(|(name, value)| (name, value)))
            .env("OVERSEER_READY_FILE", &ready_file);
        let running = Self::start(command, folder);
        eventually(READY, async || ready_file.exists()).await;
        running
    }

    pub fn start(mut command: Command, folder: PathBuf) -> Self {
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, folder }
    }

    /// Where it serves HTTP, as it said when it was ready.
    pub fn http_url(&self) -> String {
        let file = self.folder.join("ready.json");
        let ready = std::fs::read(file).expect("it is ready");
        let ready: serde_json::Value = serde_json::from_slice(&ready).expect("JSON");
        format!("http://{}", ready["http"].as_str().expect("an address"))
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// It is not scheduled any more, as on a machine that hangs.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    pub fn cpu(&self) -> Cpu {
        Cpu::of(self.child.id())
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a pid");
        kill(Pid::from_raw(pid), signal).expect("it runs");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// A folder that goes with what runs in it.
pub fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = preview_envs::workspace::root().join(format!(
        "target/testkit/run/{}-{name}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ));
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    folder
}

/// What a process has used up to an instant.
#[derive(Clone, Copy)]
pub struct Cpu {
    pid: u32,
    used_s: f64,
    at: Instant,
}

impl Cpu {
    /// User and system time of all threads, from proc(5).
    pub fn of(pid: u32) -> Self {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process runs");
        let (_, after_name) = stat.rsplit_once(')').expect("a name in brackets");
        let fields: Vec<f64> = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|field| field.parse().expect("a number"))
            .collect();
        Self {
            pid,
            used_s: fields.iter().sum::<f64>() / TICKS_PER_SECOND,
            at: Instant::now(),
        }
    }

    /// Seconds used since then.
    pub fn used_s(&self) -> f64 {
        Self::of(self.pid).used_s - self.used_s
    }

    /// Seconds used since it began.
    pub fn total_s(&self) -> f64 {
        self.used_s
    }

    /// The part of one core used since then.
    pub fn percent(&self) -> f64 {
        self.used_s() / self.at.elapsed().as_secs_f64() * 100.0
    }
}
