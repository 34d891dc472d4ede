//! Lessons: a fault with load, what was observed against what should have been, and the system healthy again at the end.

mod checks;
mod messages;
mod metrics;
mod receivers;
mod stage;
mod targets;

use clap::ValueEnum;

use crate::environment::Environment;
use crate::progress::{heading, say};
pub use stage::Finding;
use stage::Stage;

/// What can be played. `docs/guides/test-bed.md` tells what each teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Postgres takes a second for what takes milliseconds: the log takes the pushes all the same.
    SlowStore,
    /// Every other transaction fails: batches are tried again, and nothing is stored twice.
    FailingStore,
    /// Acknowledgements are lost: messages come again, and are stored once.
    LostAcks,
    /// Rules are judged late: that is nobody's problem but theirs.
    SlowConsumer,
    /// Ingress answers late: pushers wait, and nothing is refused.
    SlowIngress,
    /// The clock of ingress is ten minutes behind: samples of now come from the future, and are told so.
    WrongClock,
    /// One region reaches nothing: it is outvoted, and the monitor is degraded instead of down.
    CutOffRegion,
    /// Probers of a region hang: ticks nobody looked at are missed, not failed.
    StalledProber,
    /// Who is told of incidents is away: the message is tried again and comes once.
    SilentReceiver,
}

impl Scenario {
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What it shows, in a sentence.
    pub fn about(self) -> String {
        let value = self.to_possible_value();
        let help = value.and_then(|value| value.get_help().map(ToString::to_string));
        help.unwrap_or_default()
    }

    async fn play(self, stage: &mut Stage) -> anyhow::Result<()> {
        match self {
            Self::SlowStore => messages::slow_store(stage).await,
            Self::FailingStore => messages::failing_store(stage).await,
            Self::LostAcks => messages::lost_acks(stage).await,
            Self::SlowConsumer => messages::slow_consumer(stage).await,
            Self::SlowIngress => messages::slow_ingress(stage).await,
            Self::WrongClock => messages::wrong_clock(stage).await,
            Self::CutOffRegion => checks::cut_off_region(stage).await,
            Self::StalledProber => checks::stalled_prober(stage).await,
            Self::SilentReceiver => receivers::silent_receiver(stage).await,
        }
    }
}

/// Plays one on a running environment, mends everything whatever comes of it, and returns what was found.
pub async fn play(
    environment: &Environment,
    scenario: Scenario,
    quick: bool,
) -> anyhow::Result<Vec<Finding>> {
    heading(format!("{}: {}", scenario.name(), scenario.about()));
    let mut stage = Stage::set(environment, quick).await?;
    let played = scenario.play(&mut stage).await;
    let left = stage.leave().await;
    played?;
    left?;
    let findings = stage.into_findings();
    for finding in &findings {
        say(finding.to_string());
    }
    Ok(findings)
}
