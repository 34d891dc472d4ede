use std::process::ExitCode;

use clap::ValueEnum as _;

use crate::progress::{heading, say};
use crate::suites::{self, Suite};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which suites to run; all of them otherwise.
    #[arg(value_enum)]
    suites: Vec<Suite>,
}

/// Runs every suite, and fails when any did.
pub(super) async fn act(args: Args) -> anyhow::Result<ExitCode> {
    let chosen = |suite: &&Suite| args.suites.is_empty() || args.suites.contains(suite);
    let mut results = Vec::new();
    for suite in Suite::value_variants().iter().filter(chosen) {
        heading(format!("== {suite}"));
        let began = std::time::Instant::now();
        let outcome = suites::run(*suite).await;
        if let Err(error) = &outcome {
            say(format!("{suite}: {error:#}"));
        }
        results.push((*suite, outcome.is_ok(), began.elapsed()));
    }
    heading("== summary");
    for (suite, passed, took) in &results {
        let word = if *passed { "passed" } else { "FAILED" };
        say(format!(
            "{:<12} {word} in {:.0} s",
            suite.to_string(),
            took.as_secs_f64()
        ));
    }
    let passed = results.iter().all(|(_, passed, _)| *passed);
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
