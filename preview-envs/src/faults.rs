//! Breaking an environment on purpose, and mending it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use bus::{Bucket, Bus};
use chrono::{DateTime, TimeDelta, Utc};
use contract::access;
use contract::fault::{Fault, Kind, LONGEST, Settings};
use contract::stream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::environment::{Environment, Phase};
use crate::server::secrets;

/// Who does not answer within this time is away.
const PATIENCE: Duration = Duration::from_secs(10);

/// The switches of one environment.
pub struct Switches {
    bucket: Bucket<Fault>,
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
                bucket: bus.bucket(stream::FAULTS).await,
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
        ensure!(
            lasts > TimeDelta::zero() && lasts <= LONGEST,
            "a fault is on for up to {} minutes",
            LONGEST.num_minutes()
        );
        let fault = Fault {
            kind,
            settings,
            until: now() + lasts,
        };
        self.bucket.put(kind.as_str(), &fault).await?;
        Ok(fault)
    }

    /// Those that are on.
    pub async fn on(&self) -> anyhow::Result<Vec<Fault>> {
        let mut on = Vec::new();
        for key in self.bucket.keys().await? {
            let entry = self.bucket.get(&key).await?;
            on.extend(entry.map(|entry| entry.value).filter(|it| it.is_on(now())));
        }
        on.sort_by_key(|fault| fault.kind);
        Ok(on)
    }

    pub async fn clear(&self, kind: Kind) -> anyhow::Result<()> {
        Ok(self.bucket.delete(kind.as_str()).await?)
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

fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}
