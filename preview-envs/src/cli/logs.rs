use std::io::Write as _;
use std::time::Duration;

use super::Which;
use super::follow::Tail;
use crate::environment::Environment;

/// As many lines of each log are shown when several are.
const LAST: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Go on showing what is added.
    #[arg(short, long)]
    follow: bool,
    /// Only this process, all of it; `preview` is the supervisor.
    service: Option<String>,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let environment = args.which.environment();
    environment.touch()?;
    let processes = match &args.service {
        Some(service) => {
            environment.ensure_known(service)?;
            vec![service.clone()]
        }
        None => all(&environment)?,
    };
    let alone = processes.len() == 1;
    let width = processes.iter().map(String::len).max().unwrap_or(0);
    let mut tails: Vec<(String, Tail)> = processes
        .into_iter()
        .map(|name| (name.clone(), Tail::from_start_of(&environment.log(&name))))
        .collect();
    let mut last = if alone { usize::MAX } else { LAST };
    loop {
        for (name, tail) in &mut tails {
            let fresh = tail.fresh();
            let lines: Vec<&str> = fresh.lines().collect();
            for line in &lines[lines.len().saturating_sub(last)..] {
                let prefix = if alone {
                    String::new()
                } else {
                    format!("{name:<width$} | ")
                };
                if writeln!(std::io::stdout(), "{prefix}{line}").is_err() {
                    // Whoever read it has gone, as `| head` does.
                    return Ok(());
                }
            }
        }
        if !args.follow {
            return Ok(());
        }
        last = usize::MAX;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn all(environment: &Environment) -> anyhow::Result<Vec<String>> {
    let units = environment.read()?.units;
    Ok(["preview".to_owned()]
        .into_iter()
        .chain(units.into_keys())
        .collect())
}
