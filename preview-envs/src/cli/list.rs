use super::output;
use crate::build::Commit;
use crate::environment::{Environment, Summary};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print a JSON array to stdout.
    #[arg(long)]
    json: bool,
}

pub(super) fn act(args: &Args) -> anyhow::Result<()> {
    let all: Vec<Summary> = Environment::all()
        .iter()
        .filter_map(|environment| environment.summary().ok())
        .collect();
    if args.json {
        return output::json(&all);
    }
    if all.is_empty() {
        return output::text("there is no environment; `cargo preview up` makes one");
    }
    let described: Vec<String> = all.iter().map(describe).collect();
    output::text(&described.join("\n"))
}

fn describe(summary: &Summary) -> String {
    let url = summary.frontend_url.as_deref().unwrap_or("-");
    let runs = summary
        .commit
        .as_ref()
        .map_or("working tree", Commit::short);
    let head = format!(
        "{:<16} {:<9} {runs:<12} {url}\n",
        summary.name,
        summary.state.as_str()
    );
    let problem = summary
        .problem
        .as_deref()
        .and_then(|problem| problem.lines().next());
    let problem = problem.map(|problem| format!("  {problem}\n"));
    let processes = summary.pids.iter().map(|(process, pid)| {
        let restarts = match summary.restarts.get(process) {
            Some(1) => ", restarted once".to_owned(),
            Some(times) => format!(", restarted {times} times"),
            None => String::new(),
        };
        format!("  {process:<20} pid {pid}{restarts}\n")
    });
    [head].into_iter().chain(problem).chain(processes).collect()
}
