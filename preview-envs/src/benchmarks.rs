//! The benchmarks, and the commands behind them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::server::{nats, postgres};
use crate::toolchain::peers;
use crate::{build, client, toolchain, workspace};

/// Each is a `[[bench]]` of the system's tests that prints its figures as one JSON array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    All,
    /// What a check costs beside `blackbox_exporter`, and how punctual a fleet of monitors is.
    Probe,
    /// The store: how fast it drains and answers, and what a sample takes on disk.
    Store,
    /// Status pages: how quickly they come, what they weigh, and what their live viewers cost.
    Page,
    /// `preview up` on a warm build, and the services' memory at rest.
    Up,
    /// Samples a second through ingress into the database, how quickly ingress answers, and others for comparison.
    Ingest,
    /// From a push to the webhook that tells of it, at rest and beside ten thousand rules.
    Alert,
    /// What traces, metrics and logs of everything cost: samples a second with all of them, beside those without any.
    Telemetry,
    /// What the agent costs a host.
    Agent,
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// One measured value; the shape is part of the outside surface.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// `<suite>.<what>`, such as `store.drain_to_copy_ratio`.
    pub name: String,
    pub value: f64,
    /// `s`, `ms`, `MiB`, `1/s`, `B`, or `1` for a ratio.
    pub unit: String,
    pub better: Better,
    pub reference: Option<Reference>,
    /// The value by the reference.
    pub ratio: Option<f64>,
}

/// Which of two values of a figure is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    Higher,
    Lower,
}

/// What a figure is compared with, measured in the same run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    pub name: String,
    pub value: f64,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name, value, unit, ..
        } = self;
        write!(f, "{name:<36} {value:>14.3} {unit}")?;
        match (&self.reference, self.ratio) {
            (Some(reference), Some(ratio)) => {
                write!(
                    f,
                    " = {ratio:.3} x {} ({:.3})",
                    reference.name, reference.value
                )
            }
            _ => Ok(()),
        }
    }
}

/// The programs of benchmarks, by name.
pub type Executables = BTreeMap<String, PathBuf>;

/// Builds benchmarks, and builds and installs what they start.
pub async fn prepare(suites: &[Suite]) -> anyhow::Result<Executables> {
    nats::binary::find_or_install().await?;
    postgres::binaries::find_or_install().await?;
    let names: Vec<String> = suites.iter().map(Suite::to_string).collect();
    let programs = build::optimised(&names).await?;
    client::build().await?;
    Ok(programs)
}

/// Runs one suite; its progress goes to stderr.
pub async fn run(suite: Suite, programs: &Executables) -> anyhow::Result<Vec<Figure>> {
    if suite == Suite::Ingest {
        peers::PROMETHEUS.find_or_install().await?;
        peers::VICTORIA_METRICS.find_or_install().await?;
    }
    let name = suite.to_string();
    let program = programs.get(&name);
    let program = program.with_context(|| format!("cargo did not build the benchmark {name}"))?;
    let mut benchmark = Command::new(program);
    benchmark.arg("--bench").current_dir(workspace::root());
    let output = toolchain::hear(&mut benchmark).await;
    let output = output.with_context(|| format!("cannot run the benchmark {name}"))?;
    ensure!(
        output.status.success(),
        "the benchmark {name} failed ({})",
        output.status
    );
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("the benchmark {name} did not print its figures"))
}
