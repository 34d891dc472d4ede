use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;

use crate::progress::Step;
use crate::server::{Process, tail};

/// Nothing that runs once takes longer than this.
const LONGEST: Duration = Duration::from_mins(5);

/// Runs a command to its end; its output goes to `log`, and into the error when it fails.
pub(super) async fn run(name: &str, command: Command, log: PathBuf) -> anyhow::Result<()> {
    let step = Step::begin(name);
    let mut process = Process::spawn(name, command, &log)?;
    let status = tokio::time::timeout(LONGEST, process.wait())
        .await
        .with_context(|| format!("{name} did not end within {} s", LONGEST.as_secs()))??;
    if !status.success() {
        bail!("{name} failed ({status}):\n{}", tail(&log, 12));
    }
    step.done("done");
    Ok(())
}
