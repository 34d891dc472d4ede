//! Faults at those who are told.

use contract::fault::Kind;
use serde_json::json;

use super::checks::Watched;
use super::stage::Stage;
use crate::api::text;

pub(super) async fn silent_receiver(stage: &mut Stage) -> anyhow::Result<()> {
    let watched = Watched::begin(stage, "silent receiver").await?;
    let spec = json!({"name": "receiver of a scenario", "kind": "webhook", "url": watched.target.url("/webhook")});
    let channel = text(&stage.api.post("/channels", &spec).await?, "id")?;
    let channel = format!("/channels/{channel}");
    stage.break_it(Kind::WebhookFailing, &[]).await?;
    watched.target.fail();
    watched.becomes(stage, "down").await?;
    let log = format!("{channel}/deliveries");
    let failed = stage
        .find("an attempt fails", async || {
            let log = stage.api.get(&log).await?;
            let attempts = log.as_array().into_iter().flatten();
            let mut failed = attempts.filter(|attempt| attempt["outcome"] == "failed");
            Ok(failed.next().cloned())
        })
        .await?;
    stage.saw(
        "the delivery log shows what failed and why",
        text(&failed, "detail")?,
        watched.target.told().is_empty(),
    );
    stage.watch().await;
    stage.mend(Kind::WebhookFailing).await?;
    // The channel hears of everybody's incidents.
    let title = text(&failed, "title")?;
    let of_it = |told: &Vec<String>| {
        let opened = told.iter().filter(|it| it.contains("incident.opened"));
        opened.filter(|it| it.contains(&title)).count()
    };
    stage
        .find("the message comes", async || {
            Ok((of_it(&watched.target.told()) > 0).then_some(()))
        })
        .await?;
    stage.watch().await;
    let came = of_it(&watched.target.told());
    stage.saw(
        "once the receiver is back the message comes, once",
        format!("\"{title}\" came {came} times"),
        came == 1,
    );
    stage.api.delete(&channel).await?;
    watched.end(stage).await
}
