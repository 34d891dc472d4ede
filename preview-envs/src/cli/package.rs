use std::path::PathBuf;

use crate::package;
use crate::progress::heading;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to fill; `deploy/images/build.sh` takes it.
    folder: PathBuf,
    /// Compile in a fraction of the time what is slower and larger: to try images, not to run them.
    #[arg(long)]
    unoptimised: bool,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    heading("Package");
    package::fill(&std::path::absolute(args.folder)?, !args.unoptimised).await
}
