use super::output;
use crate::progress::say;
use crate::reaping::{self, Finding, Verdict};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let findings = reaping::reap(args.dry_run).await?;
    if findings.is_empty() {
        say("there is nothing to remove");
    }
    for finding in &findings {
        output::text(&describe(finding, args.dry_run))?;
    }
    Ok(())
}

fn describe(finding: &Finding, only_looked: bool) -> String {
    let Finding { what, verdict } = finding;
    match (verdict, only_looked) {
        (Verdict::Keep, _) => format!("{what} stays"),
        (Verdict::Remove(why), true) => format!("{what} would be removed: {why}"),
        (Verdict::Remove(why), false) => format!("{what} is removed: {why}"),
        (Verdict::EndOrphans, true) => {
            format!("{what} crashed; what it left running would be ended")
        }
        (Verdict::EndOrphans, false) => {
            format!("{what} crashed; what it left running is ended, its data stays")
        }
    }
}
