//! Breaking an environment on purpose, and mending it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use bus::Bus;
use chrono::TimeDelta;
use contract::access;
use contract::fault::{Fault, Kind, Settings};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::environment::{Environment, Phase};
use crate::server::secrets;

/// Who does not answer within this time is away.
const PATIENCE: Duration = Duration::from_secs(10);

/// The switches of one environment.
pub struct Switches {
    switches: bus::Switches,
    /// Ends with it.
    _bus: Bus,
}

impl Switches {
    /// Those of a running environment.
    pub async fn of(environment: &Environment) -> anyhow::Result<Self> {
        let summary = environment.summary()?;
        ensure!(
            summary.state == Phase::Ready,
            "`{}` is {}, so there is nothing to break",
            environment.name(),
            summary.state.as_str()
        );
        let mut passwords = secrets::ensure(&environment.nats().join("secrets.json"), [])?;
        let password = passwords.remove(access::DEPLOYER);
        let args = bus::Args {
            nats_url: summary.nats_url.context("nats-server has no address")?,
            nats_password: password.context("the deployer has no password")?,
            test_bed: false,
        };
        let stop = CancellationToken::new();
        let open = async {
            let bus = Bus::connect(&args, access::DEPLOYER, &stop).await?;
            let bus = bus.context("nobody told it to stop")?;
            Ok(Self {
                switches: bus::Switches::of(&bus).await,
                _bus: bus,
            })
        };
        let opened = timeout(PATIENCE, open).await;
        opened.context("the NATS server of the environment does not answer")?
    }

    /// Switches a fault on, or on anew; it ends by itself.
    pub async fn set(
        &self,
        kind: Kind,
        settings: Settings,
        lasts: Duration,
    ) -> anyhow::Result<Fault> {
        let lasts = TimeDelta::from_std(lasts)?;
        Ok(self.switches.set(kind, settings, lasts).await?)
    }

    /// Those that are on.
    pub async fn on(&self) -> anyhow::Result<Vec<Fault>> {
        Ok(self.switches.on().await?)
    }

    pub async fn clear(&self, kind: Kind) -> anyhow::Result<()> {
        Ok(self.switches.clear(kind).await?)
    }

    /// Mends everything; returns what was on.
    pub async fn clear_all(&self) -> anyhow::Result<Vec<Fault>> {
        let on = self.on().await?;
        for fault in &on {
            self.clear(fault.kind).await?;
        }
        Ok(on)
    }
}
