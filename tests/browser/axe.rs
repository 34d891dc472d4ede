use serde::Deserialize;
use system_tests::browser::{DESKTOP, DESKTOP_DARK, PHONE, Page};
use system_tests::npm::Package;
use system_tests::story::say;

use crate::Stage;
use crate::dashboard::{PAGES, dashboard, sign_in};

const AXE: Package = Package {
    name: "axe-core",
    version: "4.14.1",
    file: "axe-core/axe.min.js",
};

/// What axe-core found, in its own words.
#[derive(Debug, Deserialize)]
struct Violation {
    #[expect(dead_code, reason = "read by people, in the message of a failure")]
    id: String,
    #[expect(dead_code, reason = "read by people, in the message of a failure")]
    nodes: Vec<String>,
}

/// Names each broken rule with the elements that break it.
const RUN: &str = "axe.run().then(all => all.violations.map(one => ({
    id: `${one.id}: ${one.help}`,
    nodes: one.nodes.map(node => node.failureSummary + ' ' + node.html)
})))";

pub(crate) async fn no_page_keeps_anybody_out(stage: &Stage) {
    let Some(script) = AXE.find_or_install().await else {
        say("      not looked at: axe-core is fetched with npm, and there is none on PATH");
        return;
    };
    let axe = std::fs::read_to_string(script).expect("axe-core is one script");
    let page = sign_in(stage).await;
    let mut urls: Vec<String> = PAGES.iter().map(|path| dashboard(stage, path)).collect();
    urls.push(stage.environment.status_page());
    urls.push(stage.environment.frontend("/account"));
    urls.push(stage.environment.frontend("/tenants/new"));
    let own = ["traces", "services", "streams", "faults"];
    urls.extend(own.map(|path| stage.environment.frontend(&format!("/d/overseer/{path}"))));
    let mut broken = Vec::new();
    for url in &urls {
        for view in [DESKTOP, DESKTOP_DARK, PHONE] {
            page.look(view).await;
            page.open(url).await;
            let found = violations(&page, &axe).await;
            broken.extend((!found.is_empty()).then_some((url, view, found)));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

async fn violations(page: &Page, axe: &str) -> Vec<Violation> {
    page.run(axe).await;
    page.value(RUN).await.expect("axe-core runs")
}
