//! The test suites, and the commands behind them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use serde::Deserialize;
use tokio::process::Command;

use crate::server::{nats, postgres};
use crate::toolchain::peers;
use crate::{build, client, progress, toolchain, workspace};

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
            if let Err(reason) = peers::KUBERNETES.ensure().await {
                progress::heading(format!(
                    "NOT TESTED: manifests against the schemas of Kubernetes. {reason:#}"
                ));
            }
            tests(&programs(integration).await?).await?;
            timescale().await
        }
        Suite::Browser => {
            browser::find_or_install().await?;
            system().await?;
            tests(&["--test", BROWSER]).await
        }
        Suite::EndToEnd => {
            peers::PROMETHEUS.find_or_install().await?;
            peers::CLIENTS.ensure().await?;
            peers::COLLECTOR.ensure().await?;
            system().await?;
            tests(&programs(end_to_end).await?).await
        }
    }
}

/// What every test of a service starts.
async fn servers() -> anyhow::Result<()> {
    nats::binary::find_or_install().await?;
    postgres::binaries::find_or_install().await.map(drop)
}

/// The store's tests once more, on a Postgres with the extension.
async fn timescale() -> anyhow::Result<()> {
    if let Err(reason) = postgres::timescale::find_or_install().await {
        progress::heading(format!("NOT TESTED: the store on TimescaleDB. {reason:#}"));
        return Ok(());
    }
    progress::heading("the store's tests again, on TimescaleDB");
    let mut command = runner();
    command
        .args(["--test", STORE])
        .env("OVERSEER_TEST_DATABASE", "timescaledb");
    finish(command).await
}

/// What a test of the whole system starts: the same binaries as `up`.
async fn system() -> anyhow::Result<()> {
    servers().await?;
    build::services_beside(BROWSER).await?;
    client::build().await
}

async fn tests<S: AsRef<str>>(chosen: &[S]) -> anyhow::Result<()> {
    let mut command = runner();
    command.args(chosen.iter().map(AsRef::as_ref));
    finish(command).await
}

fn runner() -> Command {
    let mut command = toolchain::cargo();
    match workspace::on_path("cargo-nextest") {
        Some(_) => command.args(["nextest", "run"]),
        None => command.args(["test", "--no-fail-fast"]),
    };
    command
}

async fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = toolchain::cargo();
    command.args(arguments);
    finish(command).await
}

async fn finish(mut command: Command) -> anyhow::Result<()> {
    let words = command.as_std().get_args().map(OsStr::to_string_lossy);
    let words: Vec<_> = words.collect();
    progress::say(format!("cargo {}", words.join(" ")));
    let status = command.status().await.context("cannot run cargo")?;
    ensure!(status.success(), "failed ({status})");
    Ok(())
}

/// The package that tests the whole system, and the one of its programs that needs a browser.
const SYSTEM: &str = "system-tests";
const BROWSER: &str = "browser";
/// The program that tests the store against its servers.
const STORE: &str = "it";

fn integration(package: &str, _program: &str) -> bool {
    package != SYSTEM
}

fn end_to_end(package: &str, program: &str) -> bool {
    package == SYSTEM && program != BROWSER
}

/// The `--test NAME` arguments for the test programs whose (package, name) is wanted.
async fn programs(wanted: impl Fn(&str, &str) -> bool) -> anyhow::Result<Vec<String>> {
    let mut cargo = toolchain::cargo();
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = toolchain::hear(&mut cargo).await;
    let output = output.context("cannot run cargo")?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .context("cargo does not say what the workspace holds")?;
    Ok(metadata.arguments(wanted))
}

/// What `cargo metadata` says, as far as it is needed.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Metadata {
    fn arguments(self, wanted: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let mut names = BTreeSet::new();
        for package in self.packages {
            let tests = package.targets.into_iter();
            let tests = tests.filter(|target| target.kind.iter().any(|kind| kind == "test"));
            names.extend(
                tests
                    .map(|target| target.name)
                    .filter(|name| wanted(&package.name, name)),
            );
        }
        names
            .into_iter()
            .flat_map(|name| ["--test".to_owned(), name])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_test_program_belongs_to_one_suite() {
        let integration = programs(integration).await.expect("cargo answers");
        for name in [
            "agent",
            "bus",
            "engine",
            "manifests",
            STORE,
            "processor",
            "server",
            "servers",
        ] {
            assert!(integration.contains(&name.to_owned()), "{name} is left out");
        }
        let system = programs(end_to_end).await.expect("cargo answers");
        assert!(system.contains(&"telemetry".to_owned()), "{system:?}");
        assert!(!system.contains(&BROWSER.to_owned()), "{system:?}");
    }

    #[test]
    fn suites_are_called_as_they_are_typed() {
        assert_eq!(Suite::EndToEnd.to_string(), "end-to-end");
    }
}
