use system_tests::browser::{DESKTOP, PHONE};
use system_tests::push::unique;

use crate::Stage;
use crate::dashboard::{dashboard, sign_in};

/// What a visitor loads at a page's own host; the port is the site's.
fn host(stage: &Stage, label: &str) -> String {
    let site = stage.environment.frontend("/");
    let (_, port) = site.rsplit_once(':').expect("a port");
    format!("http://{label}.pages.localhost:{port}")
}

pub(crate) async fn a_page_is_made_published_and_seen_on_its_own_host(stage: &Stage) {
    let editor = sign_in(stage).await;
    let title = unique("Page");
    let slug = title.to_lowercase().replace('_', "-");
    editor.open(&dashboard(stage, "/pages")).await;
    editor
        .becomes("document.querySelector('.fresh.live') !== null")
        .await;
    editor.fill("#title", &title).await;
    editor.click("main form button[type=submit]").await;
    editor
        .becomes("/\\/pages\\/[0-9a-f-]{36}$/.test(location.pathname)")
        .await;
    editor
        .becomes("document.querySelector('#add option:nth-child(3)') !== null")
        .await;
    let choose = "(() => { const add = document.querySelector('#add'); add.value = add.options[1].value; \
                  add.dispatchEvent(new Event('change', { bubbles: true })); })()";
    let names = "[...document.querySelectorAll('.arranged b')].map(one => one.textContent).join()";
    for count in 1..=2 {
        editor.run(choose).await;
        editor
            .becomes(&format!(
                "document.querySelectorAll('.arranged li').length === {count}"
            ))
            .await;
    }
    let before: String = editor.value(names).await.expect("two names");
    editor.click(".arranged li:nth-child(2) button").await;
    let before = serde_json::to_string(&before).expect("text is JSON");
    editor.becomes(&format!("{names} !== {before}")).await;
    editor.click("input[value=published]").await;
    editor.click(".page-form > button[type=submit]").await;
    editor.shows("Saved.").await;
    editor.is_clean();

    let visitor = stage.browser.tab(DESKTOP).await;
    let label = format!("{slug}--{}", stage.environment.tenant());
    visitor.open(&host(stage, &label)).await;
    visitor.shows(&title).await;
    visitor
        .becomes("document.querySelectorAll('[data-monitor]').length === 2")
        .await;
    visitor
        .becomes("document.documentElement.dataset.connection === 'live'")
        .await;
    visitor.screenshot("own-page-light").await;
    visitor.look(PHONE).await;
    visitor
        .becomes("document.documentElement.scrollWidth <= window.innerWidth")
        .await;
    visitor.click("footer a[href='/history']").await;
    visitor.becomes("location.pathname === '/history'").await;
    visitor.is_clean();
}
