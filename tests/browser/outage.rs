use system_tests::browser::DESKTOP;
use system_tests::push::unique;
use testkit::target::{Answer, Server};

use crate::Stage;
use crate::dashboard::LIVE;

/// Somebody new: signs up, watches an address, sees it go down and recover.
pub(crate) async fn somebody_signs_up_and_sees_a_monitor_go_down_and_recover(stage: &Stage) {
    let tenant = unique("new").replace('_', "-");
    let target = Server::http().await;
    let page = stage.browser.tab(DESKTOP).await;
    page.open(&stage.environment.frontend("/sign-up")).await;
    page.fill("#name", "Somebody New").await;
    page.fill("#email", &format!("{tenant}@example.com")).await;
    page.fill("#password", "correct horse battery").await;
    page.fill("#tenant", &tenant).await;
    page.click("button[type=submit]").await;
    page.shows("Nothing is watched yet").await;
    page.becomes(LIVE).await;
    page.click(".empty a.primary").await;
    page.fill("#name", "The shop").await;
    page.fill("#target", &target.url("/")).await;
    page.choose("#interval_s", "1").await;
    page.click(".form button.primary").await;
    page.becomes("/\\/monitors\\/[0-9a-f-]{36}$/.test(location.pathname)")
        .await;
    page.mark().await;
    let stands = |state: &str| format!("document.querySelector('.standing.{state}') !== null");
    page.becomes(&stands("up")).await;
    target.answer(Answer::status(503));
    page.becomes(&stands("down")).await;
    target.answer(Answer::default());
    page.becomes(&stands("up")).await;
    page.was_not_reloaded().await;
    page.click("nav a[href$='/incidents']").await;
    page.shows("The shop").await;
    page.is_clean();
}
