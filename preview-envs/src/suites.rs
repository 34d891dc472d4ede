//! The test suites, and the commands behind them.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use tokio::process::Command;

use crate::server::{nats, postgres};
use crate::{build, client, toolchain, workspace};

pub mod browser;

/// In the order in which they run: what fails fastest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    Fmt,
    Clippy,
    /// Tests inside the crates.
    Unit,
    /// Tests of one crate against real servers.
    Integration,
    /// The pages, in a real browser.
    Browser,
    /// The whole system.
    EndToEnd,
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// Sets up what a suite needs and runs it; its runner's own words go to the terminal.
pub async fn run(suite: Suite) -> anyhow::Result<()> {
    match suite {
        Suite::Fmt => cargo(&["fmt", "--all", "--check"]).await,
        Suite::Clippy => {
            cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]).await?;
            // The browser's half, checked as if it were for this machine: a browser is not needed to find mistakes.
            cargo(&[
                "clippy",
                "--package",
                "frontend-client",
                "--",
                "-D",
                "warnings",
            ])
            .await
        }
        Suite::Unit => tests(&["--lib", "--bins"]).await,
        Suite::Integration => {
            servers().await?;
            let names = integration_tests(&workspace::root())?;
            let chosen: Vec<&str> = names.iter().flat_map(|name| ["--test", name]).collect();
            tests(&chosen).await
        }
        Suite::Browser => {
            browser::find_or_install().await?;
            system().await?;
            tests(&["--test", "browser"]).await
        }
        Suite::EndToEnd => {
            system().await?;
            tests(&["--test", "end_to_end"]).await
        }
    }
}

/// What every test of a service starts.
async fn servers() -> anyhow::Result<()> {
    nats::binary::find_or_install().await?;
    postgres::binaries::find_or_install().await.map(drop)
}

/// What a test of the whole system starts: the same binaries as `up`.
async fn system() -> anyhow::Result<()> {
    servers().await?;
    build::services().await?;
    client::build().await
}

async fn tests(chosen: &[&str]) -> anyhow::Result<()> {
    let runner: &[&str] = match workspace::on_path("cargo-nextest") {
        Some(_) => &["nextest", "run"],
        None => &["test", "--no-fail-fast"],
    };
    cargo(&[runner, chosen].concat()).await
}

async fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    crate::progress::say(format!("cargo {}", arguments.join(" ")));
    let mut command = Command::new(toolchain::cargo());
    let status = command
        .args(arguments)
        .current_dir(workspace::root())
        .status()
        .await
        .context("cannot run cargo")?;
    ensure!(status.success(), "failed ({status})");
    Ok(())
}

/// The names of the test programs of all crates but the one that tests the whole system.
fn integration_tests(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    let crates = folders(root)?
        .into_iter()
        .chain(folders(&root.join("crates"))?);
    for tests in crates
        .map(|folder| folder.join("tests"))
        .filter(|tests| tests.is_dir())
    {
        let files = std::fs::read_dir(tests)?
            .flatten()
            .map(|entry| entry.path());
        let programs =
            files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
        names.extend(programs.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Crates below a folder.
fn folders(parent: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(parent)?
        .flatten()
        .map(|entry| entry.path());
    Ok(entries
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integration_tests_are_those_of_the_crates() {
        let names = integration_tests(&workspace::root()).expect("readable");
        assert!(names.contains(&"servers".to_owned()), "{names:?}");
        assert!(!names.contains(&"end_to_end".to_owned()), "{names:?}");
    }

    #[test]
    fn suites_are_called_as_they_are_typed() {
        assert_eq!(Suite::EndToEnd.to_string(), "end-to-end");
    }
}
