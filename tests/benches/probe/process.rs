//! Processes under measurement.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::eventually;

const READY: Duration = Duration::from_secs(30);
/// The unit of proc(5), the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running service. It is killed when dropped.
pub(crate) struct Running {
    child: Child,
    folder: PathBuf,
}

impl Running {
    /// Starts a built service with these variables and returns when it is ready.
    pub(crate) async fn service(name: &str, variables: &[(&str, String)]) -> Self {
        let folder = scratch(name);
        let ready_file = folder.join("ready.json");
        let mut command = Command::new(preview_envs::build::binary(name));
        command
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .env("OVERSEER_READY_FILE", &ready_file)
            .env("RUST_LOG", "warn");
        let running = Self::start(command, folder);
        eventually(READY, async || ready_file.exists()).await;
        running
    }

    pub(crate) fn start(mut command: Command, folder: PathBuf) -> Self {
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, folder }
    }

    pub(crate) fn cpu(&self) -> Cpu {
        Cpu::of(self.child.id())
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
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("bench-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    folder
}

/// What a process has used up to an instant.
#[derive(Clone, Copy)]
pub(crate) struct Cpu {
    pid: u32,
    used_s: f64,
    at: Instant,
}

impl Cpu {
    /// User and system time of all threads, from proc(5).
    pub(crate) fn of(pid: u32) -> Self {
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
    pub(crate) fn used_s(&self) -> f64 {
        Self::of(self.pid).used_s - self.used_s
    }

    /// Seconds used since it began.
    pub(crate) fn total_s(&self) -> f64 {
        self.used_s
    }

    /// The part of one core used since then.
    pub(crate) fn percent(&self) -> f64 {
        self.used_s() / self.at.elapsed().as_secs_f64() * 100.0
    }
}

/// So many checks, what they took and what they cost.
pub(crate) struct Cost {
    pub(crate) checks: usize,
    pub(crate) took: Duration,
    pub(crate) cpu_s: f64,
}

impl Cost {
    pub(crate) fn per_second(&self) -> f64 {
        self.count() / self.took.as_secs_f64()
    }

    pub(crate) fn cpu_us(&self) -> f64 {
        self.cpu_s * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn count(&self) -> f64 {
        self.checks as f64
    }
}
