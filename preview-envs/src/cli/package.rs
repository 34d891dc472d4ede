use std::path::PathBuf;

use crate::package;
use crate::progress::heading;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to fill; `deploy/images/build.sh` takes it.
    folder: PathBuf,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    heading("Package");
    package::fill(&std::path::absolute(args.folder)?).await
}
