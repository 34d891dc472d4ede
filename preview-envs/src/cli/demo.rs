use std::net::SocketAddr;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Which;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Where targets and the webhook receiver are served.
    #[arg(long)]
    listen: SocketAddr,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let environment = args.which.environment();
    let demo = crate::demo::run(&environment, args.listen, stop.clone());
    tokio::pin!(demo);
    tokio::select! {
        ended = &mut demo => return ended,
        _ = terminate.recv() => stop.cancel(),
    }
    demo.await
}
