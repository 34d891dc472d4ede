//! Faults on the way of a sample.

use std::time::Duration;

use contract::fault::Kind;
use contract::subject::METRICS_ACCEPTED;

use super::stage::Stage;

const TEMPLATE: (&str, &str) = ("messaging_destination_template", METRICS_ACCEPTED);
const REFUSED: &str = "no push is refused";

pub(super) async fn slow_store(stage: &mut Stage) -> anyhow::Result<()> {
    let load = stage.load()?;
    stage.break_it(Kind::StoreSlow, &["ms=1000"]).await?;
    let oldest = late_messages(stage, "store").await?;
    stage.mend(Kind::StoreSlow).await?;
    let outcome = stage.settle(load).await?;
    stage.saw(
        "messages wait in the log for a store that takes a second for each batch",
        format!("handled more than half a second after they were published: {oldest:.0} batches"),
        oldest > 0.0,
    );
    stage.saw(
        "the pushers do not notice: an acknowledgement is the log's, not the database's",
        format!(
            "{} refused, p50 {:.1?}",
            outcome.refused,
            outcome.quantile(0.5)
        ),
        outcome.refused == 0 && outcome.rejected == 0,
    );
    Ok(())
}

pub(super) async fn failing_store(stage: &mut Stage) -> anyhow::Result<()> {
    let labels = [TEMPLATE, ("error_type", "retry")];
    let count = "messaging_process_duration_seconds_count";
    let before = stage.metrics().await?.of("store", count, &labels);
    let load = stage.load()?;
    stage.break_it(Kind::StoreErrors, &["share=0.5"]).await?;
    let after = stage
        .becomes("batches fail", async |metrics| {
            metrics.of("store", count, &labels) > before + 2.0
        })
        .await?;
    stage.watch().await;
    stage.mend(Kind::StoreErrors).await?;
    let outcome = stage.settle(load).await?;
    let failed = after.of("store", count, &labels) - before;
    stage.saw(
        "batches that the database does not take are tried again",
        format!("{failed:.0} tries failed"),
        failed > 0.0,
    );
    stage.saw(
        REFUSED,
        format!("{} refused", outcome.refused),
        outcome.refused == 0,
    );
    Ok(())
}

pub(super) async fn lost_acks(stage: &mut Stage) -> anyhow::Result<()> {
    let again = "overseer_bus_message_redeliver_total";
    let before = stage.metrics().await?.of("store", again, &[TEMPLATE]);
    let load = stage.load()?;
    let words = ["share=0.5", "service=store"];
    stage.break_it(Kind::AcksDropped, &words).await?;
    stage.watch().await;
    stage.mend(Kind::AcksDropped).await?;
    // What was not acknowledged is handed out again after ten seconds.
    let after = stage
        .becomes("messages come again", async |metrics| {
            metrics.of("store", again, &[TEMPLATE]) > before
        })
        .await?;
    stage.settle(load).await?;
    let came = after.of("store", again, &[TEMPLATE]) - before;
    stage.saw(
        "messages whose acknowledgement was lost come again",
        format!("{came:.0} messages"),
        came > 0.0,
    );
    Ok(())
}

pub(super) async fn slow_consumer(stage: &mut Stage) -> anyhow::Result<()> {
    let load = stage.load()?;
    let words = ["ms=1000", "service=processor"];
    stage.break_it(Kind::ConsumerSlow, &words).await?;
    let late = late_messages(stage, "processor").await?;
    stage.mend(Kind::ConsumerSlow).await?;
    let outcome = stage.settle(load).await?;
    stage.saw(
        "the processor lags behind the log",
        format!("{late:.0} batches were handled more than half a second late"),
        late > 0.0,
    );
    stage.saw(
        REFUSED,
        format!("{} refused", outcome.refused),
        outcome.refused == 0,
    );
    Ok(())
}

pub(super) async fn slow_ingress(stage: &mut Stage) -> anyhow::Result<()> {
    stage.break_it(Kind::IngressLatency, &["ms=300"]).await?;
    let load = stage.load()?;
    stage.watch().await;
    let ended = stage.settle(load).await?;
    stage.mend(Kind::IngressLatency).await?;
    let fastest = ended.times.iter().min().copied().unwrap_or_default();
    stage.saw(
        "every push takes as long as ingress lets it",
        format!("the fastest took {fastest:.1?}"),
        fastest >= Duration::from_millis(300),
    );
    stage.saw(
        REFUSED,
        format!("{} refused", ended.refused),
        ended.refused == 0,
    );
    Ok(())
}

pub(super) async fn wrong_clock(stage: &mut Stage) -> anyhow::Result<()> {
    stage.break_it(Kind::ClockSkew, &["ms=-600000"]).await?;
    let load = stage.load()?;
    stage.watch().await;
    let outcome = load.stop().await?.outcome;
    stage.saw(
        "samples from the future are refused with a reason, and none is taken silently",
        format!(
            "{} samples rejected, {} acknowledged",
            outcome.rejected, outcome.acknowledged.samples
        ),
        outcome.rejected > 0 && outcome.acknowledged.samples == 0,
    );
    stage.mend(Kind::ClockSkew).await?;
    let load = stage.load()?;
    stage.watch().await;
    let outcome = stage.settle(load).await?;
    stage.saw(
        "with the right clock they are taken",
        format!("{} rejected", outcome.rejected),
        outcome.rejected == 0,
    );
    Ok(())
}

/// Waits until a service handles batches more than half a second late, and watches; how many it were.
async fn late_messages(stage: &Stage, service: &str) -> anyhow::Result<f64> {
    let late = async |metrics: &super::metrics::Metrics| {
        let all = metrics.of(
            service,
            "overseer_bus_message_age_seconds_count",
            &[TEMPLATE],
        );
        let bucket = "overseer_bus_message_age_seconds_bucket";
        all - metrics.of(service, bucket, &[TEMPLATE, ("le", "0.5")])
    };
    let before = late(&stage.metrics().await?).await;
    stage
        .becomes("messages wait", async |metrics| {
            late(metrics).await > before
        })
        .await?;
    stage.watch().await;
    Ok(late(&stage.metrics().await?).await - before)
}
