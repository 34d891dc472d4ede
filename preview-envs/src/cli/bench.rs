use clap::ValueEnum as _;

use super::output;
use crate::benchmarks::{self, Figure, Suite};
use crate::progress::{heading, say};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which benchmarks to run; `all` or nothing for all of them.
    #[arg(value_enum)]
    suites: Vec<Suite>,
    /// Print one JSON array and nothing else to stdout.
    #[arg(long)]
    json: bool,
}

/// Runs benchmarks one after the other: each wants the machine for itself.
pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let all = args.suites.is_empty() || args.suites.contains(&Suite::All);
    let wanted = |suite: &Suite| *suite != Suite::All && (all || args.suites.contains(suite));
    let suites = Suite::value_variants().iter().copied().filter(wanted);
    let suites: Vec<Suite> = suites.collect();
    let programs = benchmarks::prepare(&suites).await?;
    let mut figures = Vec::new();
    for suite in suites {
        heading(format!("== {suite}"));
        figures.extend(benchmarks::run(suite, &programs).await?);
    }
    if args.json {
        return output::json(&figures);
    }
    say("");
    let lines: Vec<String> = figures.iter().map(Figure::to_string).collect();
    output::text(&lines.join("\n"))
}
