use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::keep;
use super::start::Unit;
use crate::progress::say;

/// All processes of an environment, in the order in which they end: what needs others ends before them.
#[derive(Debug)]
pub(super) struct Crew {
    board: Board,
    layers: [Layer; 4],
}

#[derive(Debug, Default)]
struct Layer {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Crew {
    pub(super) fn new(board: Board) -> Self {
        Self {
            board,
            layers: Default::default(),
        }
    }

    /// Starts a process and keeps it running.
    pub(super) fn add(&mut self, unit: Unit) {
        let layer = &mut self.layers[layer(&unit)];
        layer
            .tasks
            .spawn(keep::keep(unit, self.board.clone(), layer.stop.clone()));
    }

    /// Ends everything, one layer after the other.
    pub(super) async fn drain(self) {
        for mut layer in self.layers {
            layer.stop.cancel();
            while let Some(ended) = layer.tasks.join_next().await {
                if let Err(broken) = ended {
                    say(format!("a watcher broke: {broken}"));
                }
            }
        }
    }
}

fn layer(unit: &Unit) -> usize {
    match unit {
        Unit::Demo => 0,
        Unit::Service(_) => 1,
        Unit::Nats => 2,
        Unit::Postgres => 3,
    }
}
