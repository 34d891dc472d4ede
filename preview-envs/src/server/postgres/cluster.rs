use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Gid, Pid, Uid, User, chown};
use tokio::process::Command;

use crate::server::secrets;

/// A cluster on disk and the account that may run it.
#[derive(Debug)]
pub(super) struct Cluster {
    data: PathBuf,
    account: Option<Account>,
    postgres: PathBuf,
    settings: Vec<&'static str>,
}

/// Postgres refuses to run as root; this is who it runs as instead.
#[derive(Debug, Clone, Copy)]
struct Account {
    uid: Uid,
    gid: Gid,
}

/// Finds the cluster of a folder, or makes one.
pub(super) async fn prepare(
    folder: &Path,
    binaries: &Path,
    settings: Vec<&'static str>,
    password: &str,
) -> anyhow::Result<Cluster> {
    let account = account()?;
    let data = locate(folder, account)?;
    let postgres = binaries.join("postgres");
    let cluster = Cluster {
        data,
        account,
        postgres,
        settings,
    };
    if !cluster.data.join("PG_VERSION").exists() {
        cluster.create(&binaries.join("initdb"), password).await?;
    }
    Ok(cluster)
}

/// Removes a cluster's folder, wherever its data is.
pub fn remove(folder: &Path) -> anyhow::Result<()> {
    if let Ok(elsewhere) = std::fs::read_link(folder.join("data")) {
        let home = elsewhere
            .parent()
            .filter(|home| home.starts_with(ELSEWHERE));
        if let Some(home) = home.filter(|home| home.exists()) {
            std::fs::remove_dir_all(home)?;
        }
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Copies the cluster of a folder whose server has ended, with its passwords, to another folder.
pub async fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    let to = to.canonicalize()?;
    std::fs::copy(from.join("secrets.json"), to.join("secrets.json"))?;
    let data = locate(&to, account()?)?;
    // `cp` keeps owners and permissions, and shares blocks where the file system can.
    let output = Command::new("cp")
        .args(["-a", "--"])
        .arg(from.join("data").canonicalize()?)
        .arg(&data)
        .output()
        .await
        .context("cannot run cp")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "copying a cluster failed: {}",
        errors.trim()
    );
    Ok(())
}

/// Ends the server that a killed parent left on this folder's cluster, and forgets what a killed server left.
pub async fn end_orphan(folder: &Path) -> anyhow::Result<()> {
    let data = folder.join("data");
    let file = std::fs::read_to_string(pid_file(&data)).unwrap_or_default();
    let Some(pid) = file
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok())
    else {
        return Ok(());
    };
    for attempt in 0..200 {
        if !serves(pid, &data) {
            // The pid may belong to a stranger by now, who would keep Postgres from starting.
            std::fs::remove_file(pid_file(&data)).ok();
            return Ok(());
        }
        let signal = if attempt < 100 {
            Signal::SIGINT
        } else {
            Signal::SIGKILL
        };
        if attempt % 100 == 0 {
            kill(Pid::from_raw(pid), signal).ok();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!(
        "another Postgres (pid {pid}) serves {} and does not end",
        data.display()
    )
}

fn serves(pid: i32, data: &Path) -> bool {
    let folder = std::fs::read_link(format!("/proc/{pid}/cwd"));
    folder.is_ok_and(|folder| Some(folder) == data.canonicalize().ok())
}

fn pid_file(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

fn account() -> anyhow::Result<Option<Account>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(Account {
                uid: user.uid,
                gid: user.gid,
            }));
        }
    }
    anyhow::bail!(
        "Postgres refuses to run as root, and there is no user `postgres` or `nobody` to run it as"
    )
}

/// Where data goes that the account could not reach in the state folder.
const ELSEWHERE: &str = "/var/tmp";

/// `data` in the folder; a link to a place the account can reach when, say, the checkout is in root's home.
fn locate(folder: &Path, account: Option<Account>) -> anyhow::Result<PathBuf> {
    let data = folder.join("data");
    let Some(account) = account else {
        return Ok(data);
    };
    if let Ok(elsewhere) = std::fs::read_link(&data).as_deref() {
        own(
            elsewhere.parent().context("the link names a folder")?,
            account,
        )?;
        return Ok(elsewhere.to_owned());
    }
    let home = if reaches(folder, account) {
        folder.join("cluster")
    } else {
        elsewhere()
    };
    own(&home, account)?;
    std::os::unix::fs::symlink(home.join("data"), &data)?;
    Ok(home.join("data"))
}

/// The place itself where the account can enter its folder, and one elsewhere where not.
pub(super) fn reachable(place: &Path) -> anyhow::Result<PathBuf> {
    let folder = place.parent().context("a place lies in a folder")?;
    let reached = account()?.is_none_or(|account| reaches(folder, account));
    Ok(if reached {
        place.to_owned()
    } else {
        elsewhere()
    })
}

fn elsewhere() -> PathBuf {
    Path::new(ELSEWHERE).join(format!("overseer-{}", uuid::Uuid::new_v4().simple()))
}

fn own(folder: &Path, account: Account) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(chown(folder, Some(account.uid), Some(account.gid))?)
}

/// Whether the account may enter every folder on the way.
fn reaches(folder: &Path, account: Account) -> bool {
    folder.ancestors().all(|step| {
        std::fs::metadata(step).is_ok_and(|meta| {
            let may_enter = match (meta.uid(), meta.gid()) {
                (uid, _) if uid == account.uid.as_raw() => 0o100,
                (_, gid) if gid == account.gid.as_raw() => 0o010,
                _ => 0o001,
            };
            meta.mode() & may_enter != 0
        })
    })
}

impl Cluster {
    /// Makes the cluster beside its place first, so that one that is there is whole.
    async fn create(&self, initdb: &Path, password: &str) -> anyhow::Result<()> {
        let fresh = self.data.with_extension("new");
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh)?;
        }
        let password_file = self.data.with_extension("password");
        secrets::write_private(&password_file, password.as_bytes())?;
        if let Some(account) = self.account {
            chown(&password_file, Some(account.uid), Some(account.gid))?;
        }
        let mut command = self.as_account(initdb);
        command.args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
        ]);
        command
            .arg("--no-instructions")
            .arg(format!("--pwfile={}", password_file.display()));
        let output = command.arg("-D").arg(&fresh).output().await;
        std::fs::remove_file(&password_file)?;
        let output = output.with_context(|| format!("cannot run {}", initdb.display()))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "initdb failed: {}", errors.trim());
        if self.data.exists() {
            std::fs::remove_dir_all(&self.data)?;
        }
        Ok(std::fs::rename(fresh, &self.data)?)
    }

    /// The command that serves this cluster on a port of 127.0.0.1.
    pub(super) fn command(&self, port: u16, durable: bool) -> Command {
        let mut command = self.as_account(&self.postgres);
        command
            .arg("-D")
            .arg(&self.data)
            .args(["-p", &port.to_string()]);
        for setting in SETTINGS.iter().chain(&self.settings) {
            command.args(["-c", setting]);
        }
        if !durable {
            // Commits stay synchronous: a killed server loses nothing that the kernel was given.
            for setting in ["fsync=off", "full_page_writes=off"] {
                command.args(["-c", setting]);
            }
        }
        command
    }

    /// Whether the server with this pid says in its pid file that it takes connections.
    pub(super) fn is_ready(&self, pid: u32) -> bool {
        let file = std::fs::read_to_string(pid_file(&self.data)).unwrap_or_default();
        let mut lines = file.lines();
        lines.next() == Some(&pid.to_string()) && lines.any(|line| line.trim_end() == "ready")
    }

    fn as_account(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(account) = self.account {
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        // A locale of the caller that is not installed here would keep Postgres from starting.
        command.current_dir("/").env("LC_ALL", "C");
        command
    }
}

/// Enough for a busy preview, modest enough to run beside a browser and a compiler. No unix socket: two environments
/// would fight over its path.
const SETTINGS: [&str; 10] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=128MB",
    "wal_compression=on",
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "password_encryption=scram-sha-256",
    "log_line_prefix=%m [%p] %d %u ",
    "timezone=UTC",
];
