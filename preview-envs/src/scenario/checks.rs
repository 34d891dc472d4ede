//! Faults on the way of a check.

use anyhow::{Context as _, ensure};
use contract::fault::Kind;
use serde_json::{Value, json};

use super::stage::Stage;
use super::targets::Target;
use crate::api::text;

/// A monitor of a local target, checked every second from everywhere; removed again by [`Watched::end`].
pub(super) struct Watched {
    pub(super) path: String,
    pub(super) target: Target,
}

impl Watched {
    /// Returns when it is up.
    pub(super) async fn begin(stage: &Stage, name: &str) -> anyhow::Result<Self> {
        let target = Target::serve().await?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let spec = json!({
            "name": format!("{name} {}", &id[..8]), "target": target.url("/"), "interval_s": 1,
            "timeout_ms": 900, "regions": stage.environment.summary()?.regions,
        });
        let monitor = stage.api.post("/monitors", &spec).await?;
        let path = format!("/monitors/{}", text(&monitor, "id")?);
        let watched = Self { path, target };
        watched.becomes(stage, "up").await?;
        Ok(watched)
    }

    pub(super) async fn becomes(&self, stage: &Stage, wanted: &str) -> anyhow::Result<Value> {
        let what = format!("the monitor is {wanted}");
        stage
            .find(&what, async || {
                let status = self.status(stage).await?;
                Ok((status["state"] == wanted).then_some(status))
            })
            .await
    }

    async fn status(&self, stage: &Stage) -> anyhow::Result<Value> {
        Ok(stage.api.get(&self.path).await?["status"].clone())
    }

    /// Waits for a result of a region with this outcome.
    async fn result(&self, stage: &Stage, region: &str, outcome: &str) -> anyhow::Result<Value> {
        let path = format!("{}/results?region={region}&limit=1", self.path);
        let what = format!("{outcome} in {region}");
        stage
            .find(&what, async || {
                let newest = stage.api.get(&path).await?[0].clone();
                Ok((newest["outcome"] == outcome).then_some(newest))
            })
            .await
    }

    pub(super) async fn end(self, stage: &Stage) -> anyhow::Result<()> {
        stage.api.delete(&self.path).await
    }
}

pub(super) async fn cut_off_region(stage: &mut Stage) -> anyhow::Result<()> {
    let regions = stage.environment.summary()?.regions;
    ensure!(
        regions.len() >= 3,
        "a region is outvoted by two others: bring an environment up with three regions"
    );
    let region = regions[0].to_string();
    let watched = Watched::begin(stage, "cut off").await?;
    let words = format!("region={region}");
    stage.break_it(Kind::RegionOutage, &[&words]).await?;
    let failed = watched.result(stage, &region, "failure").await?;
    let status = stage
        .find("the region is shown as failing", async || {
            let status = watched.status(stage).await?;
            Ok(status["advisory"].is_string().then_some(status))
        })
        .await?;
    stage.watch().await;
    stage.saw(
        "checks from the region fail, and say why",
        text(&failed, "message").unwrap_or_default(),
        failed["reason"] == "connection_error",
    );
    let shown = text(&status, "state")?;
    stage.saw(
        "the others outvote it: the monitor is not down, the minority is an advisory",
        format!("{shown}; {}", text(&status, "advisory")?),
        shown != "down",
    );
    stage.mend(Kind::RegionOutage).await?;
    watched.result(stage, &region, "success").await?;
    watched.end(stage).await
}

pub(super) async fn stalled_prober(stage: &mut Stage) -> anyhow::Result<()> {
    let regions = stage.environment.summary()?.regions;
    let region = regions.first().context("there is no region")?.to_string();
    let watched = Watched::begin(stage, "stalled").await?;
    let words = format!("region={region}");
    stage.break_it(Kind::ProberStalled, &[&words]).await?;
    let missed = watched.result(stage, &region, "missed").await?;
    stage.watch().await;
    let shown = text(&watched.status(stage).await?, "state")?;
    stage.saw(
        "a tick that nobody looked at is missed, and not held against the target",
        format!(
            "{} at {}; the monitor is {shown}",
            missed["outcome"], missed["tick_at"]
        ),
        shown != "down",
    );
    stage.mend(Kind::ProberStalled).await?;
    let after = watched.result(stage, &region, "success").await?;
    stage.saw(
        "the prober goes on where it can",
        format!("success at {}", after["tick_at"]),
        after["tick_at"].as_str() > missed["tick_at"].as_str(),
    );
    watched.end(stage).await
}
