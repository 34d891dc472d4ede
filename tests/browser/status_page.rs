use serde_json::json;
use system_tests::api::{Api, text};
use system_tests::browser::DESKTOP;
use system_tests::push::unique;
use testkit::target::{Answer, Server};

use crate::Stage;

pub(crate) async fn it_goes_down_and_recovers_without_a_reload(stage: &Stage) {
    let api = Api::sign_in(&stage.environment).await;
    let target = Server::http().await;
    let name = unique("watched");
    let monitor = json!({
        "name": name, "target": target.url("/"), "interval_s": 1, "timeout_ms": 1_000,
        "regions": [stage.environment.region()], "public": true,
    });
    let id = text(&api.post("/monitors", &monitor).await.expect(201), "id");
    let page = stage.browser.tab(DESKTOP).await;
    page.open(&stage.environment.status_page()).await;
    page.mark().await;
    let shows = |state: &str| {
        format!("document.querySelector('[data-monitor=\"{id}\"][data-state={state}]') !== null")
    };
    page.becomes(&shows("up")).await;
    target.answer(Answer::status(503));
    page.becomes(&shows("down")).await;
    target.answer(Answer::default());
    page.becomes(&shows("up")).await;
    page.was_not_reloaded().await;
    page.is_clean();
    api.delete(&format!("/monitors/{id}")).await.success();
}

pub(crate) async fn it_is_complete_without_javascript(stage: &Stage) {
    let page = stage.browser.tab(DESKTOP).await;
    page.disable_scripts().await;
    page.open(&stage.environment.status_page()).await;
    let text = page.text().await;
    for word in ["Operational", "Incidents", "Response time"] {
        assert!(text.contains(word), "{word} is missing:\n{text}");
    }
}
