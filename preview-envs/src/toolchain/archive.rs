//! Packages of a Debian release that is not this machine's, unpacked into a folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use crate::{scratch, workspace};

const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const INSTRUCTION: &str = "this is possible on Debian only, with apt-get, dpkg-deb and the package debian-archive-keyring";

/// The packages of a release, from where this machine gets its own. Needs no root.
#[derive(Debug)]
pub(crate) struct Archive {
    apt: PathBuf,
    folder: PathBuf,
}

/// Whether [`Archive::of`] can work here.
pub fn is_possible() -> bool {
    let programs = ["apt-get", "dpkg-deb"];
    let complete = programs
        .iter()
        .all(|name| workspace::on_path(name).is_some());
    complete && Path::new(KEYS).is_file()
}

impl Archive {
    /// Fetches a release's list of packages; everything that is fetched lies in `folder`.
    pub(crate) async fn of(release: &str, folder: &Path) -> anyhow::Result<Self> {
        ensure!(is_possible(), INSTRUCTION);
        let apt = workspace::on_path("apt-get").context(INSTRUCTION)?;
        let mirror = mirror(&apt).await?;
        for inside in ["lists/partial", "archives/partial"] {
            std::fs::create_dir_all(folder.join(inside))?;
        }
        let source = format!("deb [signed-by={KEYS}] {mirror} {release} main\n");
        std::fs::write(folder.join("sources.list"), source)?;
        // Nothing counts as installed, so that whatever is needed is fetched.
        std::fs::write(folder.join("status"), "")?;
        let archive = Self {
            apt,
            folder: folder.to_owned(),
        };
        scratch::run(archive.apt().arg("update")).await?;
        Ok(archive)
    }

    /// Fetches packages with all they depend on, and unpacks them into a folder that does not exist yet.
    pub(crate) async fn unpack(&self, packages: &[&str], to: &Path) -> anyhow::Result<()> {
        let mut install = self.apt();
        install.args(["install", "--download-only", "--no-install-recommends"]);
        scratch::run(install.args(packages)).await?;
        std::fs::create_dir_all(to)?;
        for file in std::fs::read_dir(self.folder.join("archives"))?.flatten() {
            let file = file.path();
            if file.extension().is_some_and(|kind| kind == "deb") {
                let mut unpack = Command::new("dpkg-deb");
                scratch::run(unpack.arg("--extract").arg(file).arg(to)).await?;
            }
        }
        Ok(())
    }

    /// apt-get with lists, sources and state of its own.
    fn apt(&self) -> Command {
        let mut command = Command::new(&self.apt);
        let at = |name: &str| self.folder.join(name).display().to_string();
        let options = [
            ("Dir::Etc::sourcelist", at("sources.list")),
            ("Dir::Etc::sourceparts", "/dev/null".to_owned()),
            ("Dir::Etc::preferences", "/dev/null".to_owned()),
            ("Dir::Etc::preferencesparts", "/dev/null".to_owned()),
            ("Dir::State", at("")),
            ("Dir::State::lists", at("lists")),
            ("Dir::State::status", at("status")),
            ("Dir::Cache", at("")),
            ("Dir::Cache::archives", at("archives")),
            // The folder is closed to the account that apt-get would fetch as.
            ("APT::Sandbox::User", "root".to_owned()),
        ];
        for (name, value) in options {
            command.args(["-o", &format!("{name}={value}")]);
        }
        command.args(["-q", "-y"]);
        command
    }
}

/// Where this machine gets the packages of its own release.
async fn mirror(apt: &Path) -> anyhow::Result<String> {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let own = system
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .filter(|_| system.lines().any(|line| line == "ID=debian"))
        .context(INSTRUCTION)?;
    let output = Command::new(apt)
        .args(["indextargets", "--format", "$(RELEASE) $(REPO_URI)"])
        .output()
        .await?;
    let targets = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = targets
        .lines()
        .find_map(|line| line.split_once(' ').filter(|(release, _)| *release == own));
    let (_, mirror) =
        found.with_context(|| format!("apt-get knows no source of Debian {own}'s packages"))?;
    Ok(mirror.to_owned())
}
