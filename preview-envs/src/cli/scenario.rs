use std::process::ExitCode;

use clap::ValueEnum as _;

use super::{Which, output};
use crate::progress::{heading, say};
use crate::scenario::{self, Scenario};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which to play: `list` shows them, `all` plays one after the other.
    #[arg(default_value = "list")]
    what: String,
    /// Look only as long as a test has to.
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    which: Which,
}

/// Fails when anything was not as it should have been.
pub(super) async fn act(args: Args) -> anyhow::Result<ExitCode> {
    let all = Scenario::value_variants();
    let chosen = match args.what.as_str() {
        "list" => {
            let lines = all
                .iter()
                .map(|one| format!("{:<16} {}", one.name(), one.about()));
            output::text(&lines.collect::<Vec<_>>().join("\n"))?;
            return Ok(ExitCode::SUCCESS);
        }
        "all" => all.to_vec(),
        name => vec![Scenario::from_str(name, false).map_err(anyhow::Error::msg)?],
    };
    let environment = args.which.environment();
    let mut failed = Vec::new();
    for scenario in chosen {
        let findings = scenario::play(&environment, scenario, args.quick).await?;
        if findings.iter().any(|finding| !finding.holds) {
            failed.push(scenario.name());
        }
    }
    heading("== summary");
    if failed.is_empty() {
        say("everything was as it should have been");
        return Ok(ExitCode::SUCCESS);
    }
    say(format!("not as it should have been: {}", failed.join(", ")));
    Ok(ExitCode::FAILURE)
}
