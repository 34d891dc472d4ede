use anyhow::Context as _;
use tokio::process::Command;

use super::{Which, output};
use crate::workspace;

/// What shows an address to a person, whatever the desktop.
const OPENER: &str = "xdg-open";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// The public status page instead of the dashboard.
    #[arg(long)]
    status_page: bool,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let environment = args.which.environment();
    environment.touch()?;
    let summary = environment.summary()?;
    let url = if args.status_page {
        summary.status_page_url
    } else {
        summary.frontend_url
    };
    let url = url.with_context(|| format!("`{}` serves no pages yet", environment.name()))?;
    output::text(&url)?;
    if let Some(opener) = workspace::on_path(OPENER) {
        Command::new(opener).arg(&url).status().await?;
    }
    Ok(())
}
