use std::path::{Path, PathBuf};

use preview_envs::workspace;
use serde::Deserialize;
use system_tests::browser::{DESKTOP, DESKTOP_DARK, PHONE, Page};
use system_tests::story::say;
use tokio::process::Command;

use crate::Stage;
use crate::dashboard::{PAGES, dashboard, sign_in};

const PACKAGE: &str = "axe-core@4.14.1";

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
    let Some(script) = script().await else {
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
    for url in &urls {
        for view in [DESKTOP, DESKTOP_DARK, PHONE] {
            page.look(view).await;
            page.open(url).await;
            let found = violations(&page, &axe).await;
            assert!(found.is_empty(), "{url} ({view:?}): {found:#?}");
        }
    }
    page.close().await;
}

async fn violations(page: &Page, axe: &str) -> Vec<Violation> {
    page.run(axe).await;
    page.value(RUN).await.expect("axe-core runs")
}

/// The script, fetched from npm's registry the first time.
async fn script() -> Option<PathBuf> {
    let folder = workspace::tools().join("axe-core");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.is_file() {
        install(&workspace::on_path("npm")?, &folder).await;
    }
    Some(script)
}

async fn install(npm: &Path, folder: &Path) {
    std::fs::create_dir_all(folder).expect("the state folder can be written");
    let output = Command::new(npm)
        .args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ])
        .arg(folder)
        .arg(PACKAGE)
        .output()
        .await
        .expect("npm runs");
    assert!(
        output.status.success(),
        "npm could not fetch {PACKAGE}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
