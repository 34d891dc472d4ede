use anyhow::ensure;

use super::{Which, follow};
use crate::environment::Phase;
use crate::progress::say;
use crate::supervisor;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Keep the data for the next `up`.
    #[arg(long)]
    keep: bool,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let environment = args.which.environment();
    if !environment.folder().exists() {
        say(format!("there is no environment `{}`", environment.name()));
        return Ok(());
    }
    let mut tail = follow::Tail::at_end_of(&environment.log("preview"));
    if environment.is_supervised() {
        follow::ask_to_stop(&environment)?;
        follow::watch_until_stopped(&environment, &mut tail).await;
    }
    let held = environment.lock()?;
    ensure!(
        held.is_some(),
        "somebody brings `{}` up at this moment",
        environment.name()
    );
    supervisor::end_orphans(&environment).await?;
    if args.keep {
        if let Ok(mut state) = environment.read() {
            state.phase = Phase::Stopped;
            environment.write(&state)?;
        }
        say(format!(
            "`{}` is down; its data stays in {}",
            environment.name(),
            environment.folder().display()
        ));
    } else {
        environment.remove()?;
        say(format!("`{}` is down and removed", environment.name()));
    }
    Ok(())
}
