use super::Which;
use crate::supervisor;

pub(super) async fn act(which: Which) -> anyhow::Result<()> {
    supervisor::supervise(which.environment()).await
}
