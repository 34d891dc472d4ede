use std::time::Duration;

use serde_json::json;
use system_tests::api::{Api, now_ms};
use system_tests::browser::{DESKTOP, Page};
use system_tests::push::{Pusher, unique};

use testkit::eventually;

use crate::Stage;

const STORED: Duration = Duration::from_secs(10);
/// Hydrated, and connected to the stream of updates.
pub(crate) const LIVE: &str = "document.querySelector('.fresh.live') !== null";
/// Below `/d/<tenant>`.
pub(crate) const PAGES: [&str; 17] = [
    "",
    "/monitors",
    "/monitors/new",
    "/explore",
    "/hosts",
    "/rules",
    "/rules/new",
    "/incidents",
    "/pages",
    "/incidents/new",
    "/maintenance",
    "/maintenance/new",
    "/channels",
    "/tokens",
    "/members",
    "/audit",
    "/settings",
];

pub(crate) async fn a_wrong_password_is_told_beside_the_form(stage: &Stage) {
    let page = stage.browser.tab(DESKTOP).await;
    page.open(&stage.environment.frontend("/sign-in")).await;
    fill_in(&page, &stage.environment.email(), "certainly not it").await;
    page.becomes("document.querySelector('[role=alert], .problem, .error') !== null")
        .await;
    assert!(page.url().await.contains("/sign-in"));
}

pub(crate) async fn a_person_signs_in_and_every_page_of_the_dashboard_is_clean(stage: &Stage) {
    let page = sign_in(stage).await;
    for path in PAGES {
        page.open(&dashboard(stage, path)).await;
        page.becomes(LIVE).await;
        page.is_clean();
    }
    page.open(&dashboard(stage, "/monitors")).await;
    page.becomes(LIVE).await;
    page.click("main table a").await;
    page.becomes("/\\/monitors\\/[0-9a-f-]{36}$/.test(location.pathname)")
        .await;
    page.becomes("document.querySelector('main h1') !== null")
        .await;
    page.is_clean();
    let monitor = page.url().await;
    page.open(&format!("{monitor}/edit")).await;
    page.becomes(LIVE).await;
    page.is_clean();
}

pub(crate) async fn a_pushed_sample_appears_in_the_chart_without_a_reload(stage: &Stage) {
    let page = sign_in(stage).await;
    let pusher = Pusher::new(&stage.environment);
    let metric = unique("chart");
    let sample =
        |value: u32, at_ms: i64| json!({"name": metric, "value": value, "timestamp_ms": at_ms});
    let past: Vec<_> = (0..10)
        .map(|minute| sample(minute, now_ms() - i64::from(minute + 1) * 60_000))
        .collect();
    pusher.push(&past).await.expect(202);
    let api = Api::sign_in(&stage.environment).await;
    eventually(STORED, || async {
        let points = api.points(&metric).await?;
        (points.len() == past.len())
            .then_some(())
            .ok_or(format!("{points:?}"))
    })
    .await;
    let explore = dashboard(stage, &format!("/explore?metric={metric}"));
    page.open(&explore).await;
    page.becomes(LIVE).await;
    let line = "document.querySelector('svg.lines path.series-1')?.getAttribute('d')";
    page.becomes(&format!("({line} ?? '') !== ''")).await;
    page.mark().await;
    let before: String = page.value(line).await.expect("a line");
    pusher.push(&[sample(1_000, now_ms())]).await.expect(202);
    let before = serde_json::to_string(&before).expect("text is JSON");
    page.becomes(&format!("{line} !== {before}")).await;
    page.was_not_reloaded().await;
    page.is_clean();
}

/// A tab of somebody who signed in by the form.
pub(crate) async fn sign_in(stage: &Stage) -> Page {
    let page = stage.browser.tab(DESKTOP).await;
    page.open(&stage.environment.frontend("/sign-in")).await;
    fill_in(
        &page,
        &stage.environment.email(),
        &stage.environment.password(),
    )
    .await;
    page.becomes("location.pathname.startsWith('/d/')").await;
    page.is_clean();
    page
}

pub(crate) fn dashboard(stage: &Stage, path: &str) -> String {
    let tenant = stage.environment.tenant();
    stage.environment.frontend(&format!("/d/{tenant}{path}"))
}

async fn fill_in(page: &Page, email: &str, password: &str) {
    page.fill("#email", email).await;
    page.fill("#password", password).await;
    page.click("button[type=submit]").await;
}
