//! What Lighthouse says of the page on its simulated phone.

use std::collections::BTreeMap;

use preview_envs::suites;
use serde::Deserialize;
use system_tests::bench::{Better, Report};
use system_tests::browser::QUIET;
use system_tests::npm::Package;
use system_tests::story::say;
use tokio::process::Command;

/// The newest that runs on Node 20.
const LIGHTHOUSE: Package = Package {
    name: "lighthouse",
    version: "12.8.2",
    file: "lighthouse/cli/index.js",
};
/// In all four categories, of a hundred.
const BAR: f64 = 95.0;

#[derive(Debug, Deserialize)]
struct Verdict {
    categories: BTreeMap<String, Category>,
}

#[derive(Debug, Deserialize)]
struct Category {
    /// Of 1; absent where nothing could be judged.
    score: Option<f64>,
}

pub(crate) async fn judge(page: &str, report: &mut Report) {
    let Some(lighthouse) = LIGHTHOUSE.find_or_install().await else {
        say("      Lighthouse was not asked: it is fetched with npm, and there is none on PATH");
        return;
    };
    let browser = suites::browser::find_or_install().await;
    let browser = browser.expect("a Chromium");
    let flags = ["headless", "no-sandbox"].into_iter().chain(QUIET);
    let flags: Vec<String> = flags.map(|flag| format!("--{flag}")).collect();
    let output = Command::new("node")
        .arg(lighthouse)
        .args([page, "--output=json", "--quiet"])
        .arg(format!("--chrome-flags={}", flags.join(" ")))
        .env("CHROME_PATH", browser)
        .output()
        .await
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let verdict: Verdict = serde_json::from_slice(&output.stdout).expect("Lighthouse's JSON");
    for (category, verdict) in verdict.categories {
        let score = verdict.score.unwrap_or_default() * 100.0;
        let name = format!("page.lighthouse_{}", category.replace('-', "_"));
        report.compare(&name, score, "1", Better::Higher, ("bar", BAR));
    }
}
