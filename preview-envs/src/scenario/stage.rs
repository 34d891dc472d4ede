//! Where a scenario is played: an environment, its switches, and what was seen.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use axum::http::Method;
use contract::fault::{Kind, Settings};

use super::metrics::Metrics;
use crate::api::Api;
use crate::environment::Environment;
use crate::faults::Switches;
use crate::http::Json;
use crate::load::{Load, Plan};
use crate::progress::say;

/// A fault outlives a scenario that was killed by no more than this.
const FAULT_LASTS: Duration = Duration::from_mins(3);
/// Until something that has to happen has happened.
const SOON: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(250);
/// A load that one laptop hardly feels.
const LIGHT: Plan = Plan {
    hosts: 8,
    services: 4,
    rate: 2_000.0,
};

/// Something that should have been, and what was.
#[derive(Debug, Clone)]
pub struct Finding {
    pub should: String,
    pub saw: String,
    pub holds: bool,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds { "holds" } else { "FAILED" };
        write!(f, "{verdict:<6} {}: {}", self.should, self.saw)
    }
}

pub(super) struct Stage {
    pub(super) environment: Environment,
    pub(super) api: Api,
    switches: Switches,
    quick: bool,
    /// Dead letters that were there before.
    buried: f64,
    findings: Vec<Finding>,
}

impl Stage {
    pub(super) async fn set(environment: &Environment, quick: bool) -> anyhow::Result<Self> {
        environment.touch()?;
        let switches = Switches::of(environment).await?;
        let on = switches.on().await?;
        ensure!(
            on.is_empty(),
            "a fault is on already; `cargo preview fault clear` mends everything"
        );
        Ok(Self {
            environment: environment.clone(),
            api: Api::sign_in(environment).await?,
            switches,
            quick,
            buried: Metrics::of_all(environment).await?.sum(BURIED, &[]),
            findings: Vec::new(),
        })
    }

    /// Notes what was seen beside what should have been.
    pub(super) fn saw(&mut self, should: &str, saw: impl Into<String>, holds: bool) {
        self.findings.push(Finding {
            should: should.to_owned(),
            saw: saw.into(),
            holds,
        });
    }

    pub(super) async fn break_it(&self, kind: Kind, words: &[&str]) -> anyhow::Result<()> {
        let settings = Settings::read(kind, words.iter().copied())?;
        say(format!("on:  {kind} {}", settings.words(kind)));
        self.switches.set(kind, settings, FAULT_LASTS).await?;
        self.is_seen(kind, 1.0).await
    }

    pub(super) async fn mend(&self, kind: Kind) -> anyhow::Result<()> {
        self.switches.clear(kind).await?;
        say(format!("off: {kind}"));
        self.is_seen(kind, 0.0).await
    }

    /// Waits until every service knows.
    async fn is_seen(&self, kind: Kind, state: f64) -> anyhow::Result<()> {
        let labels = [("overseer_fault", kind.as_str())];
        self.becomes("every service knows of the fault", async |metrics| {
            let all = metrics.all("overseer_bus_fault_active", &labels);
            !all.is_empty() && all.iter().all(|on| (on - state).abs() < 0.5)
        })
        .await
        .map(drop)
    }

    pub(super) fn load(&self) -> anyhow::Result<Load> {
        Load::start(&self.environment, LIGHT)
    }

    /// For as long as a person wants to watch, or a test needs to.
    pub(super) async fn watch(&self) {
        let seconds = if self.quick { 3 } else { 30 };
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    pub(super) async fn metrics(&self) -> anyhow::Result<Metrics> {
        Metrics::of_all(&self.environment).await
    }

    /// Waits until metrics are as they have to be.
    pub(super) async fn becomes(
        &self,
        what: &str,
        holds: impl AsyncFn(&Metrics) -> bool,
    ) -> anyhow::Result<Metrics> {
        let until = Instant::now() + SOON;
        loop {
            let metrics = self.metrics().await?;
            if holds(&metrics).await {
                return Ok(metrics);
            }
            if Instant::now() > until {
                bail!("not within {} s: {what}", SOON.as_secs());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Asks until there is something.
    pub(super) async fn find<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let until = Instant::now() + SOON;
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if Instant::now() > until {
                bail!("not within {} s: {what}", SOON.as_secs());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Ends a load and holds what is stored against what was acknowledged.
    pub(super) async fn settle(&mut self, load: Load) -> anyhow::Result<crate::load::Outcome> {
        let ended = load.stop().await?;
        let stored = ended.stored(SOON).await?;
        let holds = ended.is_whole(stored) && ended.outcome.acknowledged.samples > 0;
        self.saw(
            "what was acknowledged is stored once",
            format!(
                "{} samples acknowledged, {} stored; sums {} and {}",
                ended.outcome.acknowledged.samples,
                stored.samples,
                ended.outcome.acknowledged.sum,
                stored.sum
            ),
            holds,
        );
        say(ended.outcome.to_string());
        Ok(ended.outcome)
    }

    /// Mends everything, and holds the system to being healthy.
    pub(super) async fn leave(&mut self) -> anyhow::Result<()> {
        for fault in self.switches.clear_all().await? {
            self.is_seen(fault.kind, 0.0).await?;
        }
        let summary = self.environment.summary()?;
        self.find("every service is ready", async || {
            for ops in summary.ops_urls.values() {
                let url = format!("{ops}/readyz");
                let answer = Json::new(None).send(Method::GET, &url, None::<&()>).await;
                if !answer.is_ok_and(|answer| answer.status.is_success()) {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await
        .context("the system is not healthy after the fault was cleared")?;
        let buried = self.metrics().await?.sum(BURIED, &[]);
        let more = buried - self.buried;
        self.saw(
            "afterwards every service is ready and nothing was given up",
            format!("all ready, {more:.0} dead letters"),
            more < 0.5,
        );
        Ok(())
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

const BURIED: &str = "overseer_bus_dead_letter_bury_total";
