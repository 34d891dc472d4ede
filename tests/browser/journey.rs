use std::time::Duration;

use serde_json::json;
use system_tests::api::{Api, text};
use system_tests::browser::{DESKTOP, Page};
use system_tests::push::{Pusher, gauge, unique};
use testkit::eventually;
use testkit::webhook::Receiver;

use crate::Stage;
use crate::dashboard::{LIVE, dashboard, sign_in};

const TOLD: Duration = Duration::from_secs(30);
/// Services export in batches, and the store takes them up in its own.
const EXPORTED: Duration = Duration::from_mins(1);

/// From the push to the webhook, as the waterfall names each hop.
const TOLD_OF: [&str; 7] = [
    "ingress POST /api/v1/metrics",
    "ingress publish overseer.v1.metrics.accepted.{partition}.{tenant}",
    "processor process overseer.v1.metrics.accepted.{partition}.{tenant}",
    "processor publish overseer.v1.event.{kind}.{tenant}",
    "processor process overseer.v1.event.{kind}.{tenant}",
    "processor process overseer.v1.notification.queued.{channel_kind}.{tenant}",
    "processor POST",
];
/// From the push to the row.
const WRITTEN: [&str; 3] = [
    "ingress publish overseer.v1.metrics.accepted.{partition}.{tenant}",
    "store process overseer.v1.metrics.accepted.{partition}.{tenant}",
    "store copy sample",
];

/// One metric fires an alert; from the notification, and from the point of the chart, people come to how it came about.
pub(crate) async fn a_notification_and_a_point_lead_to_their_traces(stage: &Stage) {
    let api = Api::sign_in(&stage.environment).await;
    let receiver = Receiver::start().await;
    let (metric, pager) = (unique("kettle"), unique("pager"));
    let channel = json!({"name": pager, "kind": "webhook", "url": receiver.url()});
    let channel = api.post("/channels", &channel).await.expect(201);
    let rule = json!({
        "name": metric, "kind": "threshold", "metric": metric, "aggregate": "max", "window_s": 60,
        "operator": ">", "value": 90, "cooldown_s": 0,
    });
    let rule = api.post("/rules", &rule).await.expect(201);
    let pusher = Pusher::new(&stage.environment);
    // It takes a moment until the rule is known.
    eventually(TOLD, || async {
        pusher.push(&[gauge(&metric, 99.0)]).await.expect(202);
        let told = receiver.requests();
        let is_told = told
            .iter()
            .any(|request| String::from_utf8_lossy(&request.body).contains(&metric));
        is_told.then_some(()).ok_or("nobody was told")
    })
    .await;

    let page = sign_in(stage).await;
    let pager = serde_json::to_string(&pager).expect("text is JSON");
    let link = format!(
        "[...document.querySelectorAll('section')].find(one => one.innerText.includes({pager}))?.querySelector('a.trace-link')"
    );
    follow(&page, &dashboard(stage, "/channels"), &link).await;
    contains(&page, &TOLD_OF).await;
    picture(&page, "trace-of-a-notification").await;

    let link = "document.querySelector('section[aria-label=Chart] a.trace-link')";
    let explore = dashboard(stage, &format!("/explore?metric={metric}&range=15m"));
    follow(&page, &explore, link).await;
    let found = "document.querySelector('ol.traces a')";
    let search = page.url().await;
    follow(&page, &search, found).await;
    contains(&page, &WRITTEN).await;
    picture(&page, "trace-of-a-chart-point").await;

    let alerts = "document.querySelector('a.trace-link')";
    follow(&page, &dashboard(stage, "/rules"), alerts).await;
    page.is_clean();
    for path in [
        format!("/channels/{}", text(&channel, "id")),
        format!("/rules/{}", text(&rule, "id")),
    ] {
        api.delete(&path).await.success();
    }
}

/// Who runs it sees its streams, breaks it and mends it.
pub(crate) async fn a_fault_is_switched_on_seen_everywhere_and_cleared(stage: &Stage) {
    let page = sign_in(stage).await;
    let own = |path: &str| stage.environment.frontend(&format!("/d/overseer{path}"));
    page.open(&own("/streams")).await;
    page.becomes(LIVE).await;
    page.shows("METRICS").await;
    page.is_clean();
    page.click("nav a[href='/d/overseer/faults']").await;
    page.shows("ingress-latency").await;
    page.becomes(LIVE).await;
    page.mark().await;
    let row = "tr:has(button[aria-label='Switch on ingress-latency'])";
    page.fill(&format!("{row} input[name=settings]"), "ms=1")
        .await;
    page.click(&format!(
        "{row} button[aria-label='Switch on ingress-latency']"
    ))
    .await;
    page.shows("Broken on purpose").await;
    page.becomes("document.querySelector('.faults-on').innerText.includes('ms=1')")
        .await;
    picture(&page, "faults").await;
    page.was_not_reloaded().await;
    page.click("button[aria-label='Clear ingress-latency']")
        .await;
    page.becomes("document.querySelector('.faults-on') === null")
        .await;
    page.is_clean();
}

/// A picture of the whole page leaves the tab as small as it likes.
async fn picture(page: &Page, name: &str) {
    page.look(DESKTOP).await;
    page.screenshot(name).await;
    page.look(DESKTOP).await;
}

/// Opens a page until it has a link, and follows that.
async fn follow(page: &Page, url: &str, link: &str) {
    let href = eventually(EXPORTED, || async {
        page.open(url).await;
        let href: Option<String> = page.value(&format!("({link})?.href ?? null")).await?;
        href.ok_or_else(|| format!("{url} has no link"))
    })
    .await;
    page.becomes(LIVE).await;
    page.run(&format!("({link}).click()")).await;
    page.becomes(&format!(
        "location.href === {}",
        serde_json::to_string(&href).expect("text is JSON")
    ))
    .await;
}

/// Loads a trace until all of these have been told of.
async fn contains(page: &Page, hops: &[&str]) {
    let url = page.url().await;
    eventually(EXPORTED, || async {
        page.open(&url).await;
        let spans = "[...document.querySelectorAll('.trace-rows a.what')].map(one => one.getAttribute('aria-label'))";
        let spans: Vec<String> = page.value(spans).await?;
        let told = |hop: &&&str| spans.iter().any(|span| span == **hop);
        let missing: Vec<_> = hops.iter().filter(|hop| !told(hop)).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("{url} lacks {missing:#?} among {spans:#?}"))
        }
    })
    .await;
    page.becomes(LIVE).await;
}
