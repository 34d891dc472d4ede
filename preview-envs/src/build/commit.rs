//! Programs of commits: built in one checkout of their own, and kept, so that a commit is built once.
//!
//! One builder, because a target folder shared between checkouts silently runs the wrong branch.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::{BINARIES, PROFILE, Programs};
use crate::environment::lease::{GRACE, is_younger};
use crate::progress::{Step, say};
use crate::{client, workspace};

/// The full hash of a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commit(String);

impl Commit {
    /// What a branch, tag or hash names in this checkout at this moment.
    pub async fn find(reference: &str) -> anyhow::Result<Self> {
        let name = format!("{reference}^{{commit}}");
        let root = workspace::root();
        let hash = git(
            &root,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &name,
            ],
        )
        .await
        .with_context(|| format!("git knows no commit called `{reference}` here"))?;
        Ok(Self(hash))
    }

    /// Enough of it for people.
    pub fn short(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }

    /// Where its programs are once they were built.
    pub fn programs(&self) -> Programs {
        let folder = self.folder();
        Programs {
            binaries: folder.join("bin"),
            site: folder.join("site"),
        }
    }

    /// Builds it unless that was done.
    pub async fn build(&self) -> anyhow::Result<()> {
        if self.is_built() {
            say(format!("{self} was built before"));
            return Ok(());
        }
        let _held = workspace::lock_tool("builder").await?;
        if self.is_built() {
            return Ok(());
        }
        let step = Step::begin("checkout");
        let checkout = self.check_out().await?;
        step.done(checkout.display().to_string());
        super::services_of(&checkout).await?;
        client::build_of(&checkout).await?;
        self.keep(&Programs::of_checkout(&checkout))
    }

    fn is_built(&self) -> bool {
        self.folder().is_dir()
    }

    fn folder(&self) -> PathBuf {
        kept().join(format!("{}-{PROFILE}", self.0))
    }

    async fn check_out(&self) -> anyhow::Result<PathBuf> {
        let checkout = workspace::state().join("builder");
        if !checkout.join(".git").exists() {
            let root = workspace::root();
            let (from, to) = (root.to_string_lossy(), checkout.to_string_lossy());
            // Its objects are ours: nothing is copied, and every commit of ours is there at once.
            git(
                &root,
                &["clone", "--quiet", "--shared", "--no-checkout", &from, &to],
            )
            .await?;
        }
        git(
            &checkout,
            &["checkout", "--quiet", "--force", "--detach", &self.0],
        )
        .await?;
        Ok(checkout)
    }

    /// Copies what was built to its place, which appears whole or not at all.
    fn keep(&self, built: &Programs) -> anyhow::Result<()> {
        let fresh = self.folder().with_extension("new");
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh)?;
        }
        std::fs::create_dir_all(fresh.join("bin"))?;
        for binary in BINARIES {
            let program = built.binaries.join(binary);
            // A commit from before a program was written has none.
            if program.is_file() {
                std::fs::copy(program, fresh.join("bin").join(binary))?;
            }
        }
        super::copy_files(&built.site, &fresh.join("site"))?;
        Ok(std::fs::rename(fresh, self.folder())?)
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short())
    }
}

/// Removes the programs of commits that are not among those in use; with what an interrupted build left.
pub fn forget_all_but(used: &[Commit], only_look: bool) -> anyhow::Result<Vec<String>> {
    let mut forgotten = Vec::new();
    for entry in std::fs::read_dir(kept()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_used = used.iter().any(|commit| commit.folder().ends_with(&name));
        // An `up` that has just built it may not have written down that it runs it.
        if is_used || is_younger(&entry.path(), GRACE) {
            continue;
        }
        if !only_look {
            std::fs::remove_dir_all(entry.path())?;
        }
        forgotten.push(name);
    }
    Ok(forgotten)
}

fn kept() -> PathBuf {
    workspace::state().join("builds")
}

async fn git(folder: &std::path::Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .await
        .context("cannot run git")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments[0],
        errors.trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reference_is_a_commit_and_nothing_else() {
        let head = Commit::find("HEAD").await.expect("there is one");
        assert_eq!(head.0.len(), 40);
        assert_eq!(Commit::find(head.short()).await.expect("the same"), head);
        for nothing in ["no-such-branch", "--help", "HEAD:Cargo.toml", ""] {
            assert!(Commit::find(nothing).await.is_err(), "{nothing:?}");
        }
    }
}
