use contract::access;
use contract::id::Region;

use super::output;
use crate::server::nats;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the deployment's probers stand.
    #[arg(long, value_delimiter = ',', required = true)]
    regions: Vec<Region>,
}

pub(super) fn act(args: &Args) -> anyhow::Result<()> {
    output::text(nats::users_file(&access::users(&args.regions)).trim_end())
}
