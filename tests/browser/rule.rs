use std::time::Duration;

use serde_json::json;
use system_tests::api::{Api, now_ms, text};
use system_tests::push::{Pusher, unique};
use testkit::eventually;
use testkit::webhook::Receiver;

use crate::Stage;
use crate::dashboard::{LIVE, dashboard, sign_in};

const STORED: Duration = Duration::from_secs(10);
const TOLD: Duration = Duration::from_secs(20);

/// A rule is described, tried against what was pushed, and saved; then it fires, on the page and at a receiver.
pub(crate) async fn a_rule_is_tried_and_created_and_its_alert_arrives(stage: &Stage) {
    let api = Api::sign_in(&stage.environment).await;
    let receiver = Receiver::start().await;
    let channel = json!({"name": unique("pager"), "kind": "webhook", "url": receiver.url()});
    let channel = api.post("/channels", &channel).await.expect(201);
    let channel = text(&channel, "id");
    let (metric, name) = (unique("oven"), unique("Hot"));
    let pusher = Pusher::new(&stage.environment);
    let sample = |value: u32, ago_ms: i64| json!({"name": metric, "value": value, "timestamp_ms": now_ms() - ago_ms});
    let past: Vec<_> = (1..=30)
        .map(|minute| {
            sample(
                if (10..20).contains(&minute) { 95 } else { 20 },
                i64::from(minute) * 60_000,
            )
        })
        .collect();
    pusher.push(&past).await.expect(202);
    eventually(STORED, || async {
        let points = api.points(&metric).await?;
        (points.len() == past.len())
            .then_some(())
            .ok_or(format!("{points:?}"))
    })
    .await;

    let page = sign_in(stage).await;
    page.open(&dashboard(stage, &format!("/rules/new?metric={metric}")))
        .await;
    page.becomes(LIVE).await;
    page.fill("#name", &name).await;
    page.fill("#value", "90").await;
    page.clear("#window_s").await;
    page.fill("#window_s", "2 min").await;
    page.click("button[formmethod=get]").await;
    page.shows("It would have fired once in the last 1 d").await;
    page.becomes("document.querySelectorAll('.trial .shade').length === 1")
        .await;
    page.screenshot("rule-tried").await;
    page.click(".form button.primary").await;
    page.becomes("location.pathname.endsWith('/rules')").await;
    page.shows(&name).await;
    page.becomes(LIVE).await;
    page.mark().await;

    pusher.push(&[sample(99, 0)]).await.expect(202);
    let row = format!(
        "[...document.querySelectorAll('tr')].some(row => row.innerText.includes('{name}') && row.innerText.includes('Firing'))"
    );
    // Older samples of the window are cool: it takes some hot ones.
    eventually(TOLD, || async {
        pusher.push(&[sample(99, 0)]).await.expect(202);
        let fires: bool = page.value(&row).await?;
        fires.then_some(()).ok_or(format!("{name} does not fire"))
    })
    .await;
    page.was_not_reloaded().await;
    eventually(TOLD, || async {
        let told = receiver.requests();
        let told = told
            .iter()
            .any(|request| String::from_utf8_lossy(&request.body).contains(&name));
        told.then_some(()).ok_or("nobody was told".to_owned())
    })
    .await;
    page.is_clean();
    api.delete(&format!("/channels/{channel}")).await.success();
}
