use serde::Deserialize;
use serde_json::json;
use system_tests::api::{Api, text};
use system_tests::browser::{Browser, DESKTOP, DESKTOP_DARK, PHONE, Page};
use system_tests::npm::Package;
use system_tests::push::unique;
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
    let member = sign_in(stage).await;
    let stranger = Browser::start().await;
    let visitor = stranger.tab(DESKTOP).await;
    let mut broken = Vec::new();
    for (page, urls) in [
        (&member, inside(stage).await),
        (&visitor, outside(stage).await),
    ] {
        for url in urls {
            for view in [DESKTOP, DESKTOP_DARK, PHONE] {
                page.look(view).await;
                page.open(&url).await;
                let found = violations(page, &axe).await;
                broken.extend((!found.is_empty()).then_some((url.clone(), view, found)));
            }
        }
    }
    stranger.stop().await;
    assert!(broken.is_empty(), "{broken:#?}");
}

/// What people see who signed in: all pages of a dashboard, and one of each thing that has a page of its own.
async fn inside(stage: &Stage) -> Vec<String> {
    let api = Api::sign_in(&stage.environment).await;
    let mut urls: Vec<String> = PAGES.iter().map(|path| dashboard(stage, path)).collect();
    for (list, rest) in [
        ("/monitors", ""),
        ("/monitors", "/edit"),
        ("/incidents", ""),
        ("/rules", ""),
        ("/channels", ""),
        ("/pages", ""),
    ] {
        let all = api.get(list).await.expect(200);
        let path = format!("{list}/{}{rest}", text(&all[0], "id"));
        urls.push(dashboard(stage, &path));
    }
    let (from, to) = ("2040-11-20T00:00:00Z", "2040-11-20T01:00:00Z");
    let planned = json!({"name": "Upgrade", "repeat": "once", "from": from, "to": to});
    let planned = api.post("/maintenances", &planned).await.success();
    let path = format!("/maintenance/{}/edit", text(&planned, "id"));
    urls.push(dashboard(stage, &path));
    let own = ["traces", "services", "streams", "faults"];
    let own = own.map(|path| format!("/d/overseer/{path}"));
    let others = ["/account".to_owned(), "/tenants/new".to_owned()];
    urls.extend(
        own.iter()
            .chain(&others)
            .map(|path| stage.environment.frontend(path)),
    );
    urls
}

/// What people see who did not sign in.
async fn outside(stage: &Stage) -> Vec<String> {
    let api = Api::sign_in(&stage.environment).await;
    let invitation = api.post("/invitations", &json!({"role": "viewer"})).await;
    let slug = unique("locked").to_lowercase().replace('_', "-");
    let spec = json!({"slug": slug, "title": "For partners", "visibility": "published"});
    let locked = api.post("/pages", &spec).await.success();
    let lock = format!("/pages/{}/password", text(&locked, "id"));
    api.put(&lock, &json!({"password": "open sesame"}))
        .await
        .success();
    let status_page = stage.environment.status_page();
    vec![
        stage.environment.frontend("/sign-in"),
        stage.environment.frontend("/sign-up"),
        stage.environment.frontend("/nowhere"),
        stage.environment.frontend(&format!(
            "/invite/{}",
            text(&invitation.success(), "secret")
        )),
        format!("{status_page}/history"),
        format!("{status_page}/{slug}"),
        status_page,
    ]
}

async fn violations(page: &Page, axe: &str) -> Vec<Violation> {
    page.run(axe).await;
    page.value(RUN).await.expect("axe-core runs")
}
