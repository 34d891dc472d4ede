use super::Which;
use crate::environment::{Lease, Span};
use crate::progress::say;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Another time to live than it was brought up with, such as 4h.
    #[arg(long)]
    ttl: Option<Span>,
}

pub(super) fn act(args: &Args) -> anyhow::Result<()> {
    let environment = args.which.environment();
    environment.read()?;
    let lease = Lease::starting_now(args.ttl.or(environment.lease().ttl));
    environment.write_lease(&lease)?;
    match lease.ttl {
        Some(ttl) => say(format!("`{}` stays for {ttl} from now", environment.name())),
        None => say(format!(
            "`{}` stays until it is taken down",
            environment.name()
        )),
    }
    Ok(())
}
