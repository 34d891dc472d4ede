//! The guide of the REST API, typed into a shell as it stands there.

use std::path::Path;
use std::time::Duration;

use preview_envs::scratch::Folder;
use system_tests::Environment;
use testkit::eventually;
use testkit::target::{Answer, Server};
use tokio::process::Command;

const GUIDE: &str = include_str!("../../docs/guides/api.md");
/// A second for the schedule, some checks of a second each, and the way through the system, generously.
const NOTICED: Duration = Duration::from_secs(45);

pub(crate) async fn the_guide_of_the_api_does_what_it_says(environment: &Environment) {
    let folder = Folder::new("guide");
    let target = Server::http().await;
    let blocks = blocks();
    // Where the frontend is and what to watch, every reader says by themselves.
    let [_, signup, login, register, rule, list, counts, alerts] = blocks.as_slice() else {
        panic!("the story has other blocks: {blocks:#?}");
    };
    let shell = Shell {
        folder: folder.path(),
        frontend: environment.frontend(""),
        target: target.url("/health"),
        region: environment.region(),
    };
    assert!(shell.run(signup).await.contains("expires_at"));
    shell.run(login).await;
    shell.run(register).await;
    assert!(shell.run(rule).await.contains("Shop fails"));
    shell.says(list, "Shop up").await;
    let none = shell.run(counts).await;
    assert!(none.contains("\"failure_24h\":0"), "{none}");
    assert_eq!(shell.run(alerts).await, "");

    target.answer(Answer::status(503));
    shell.says(alerts, "Shop fails: ").await;
    shell.says(list, "Shop down").await;
    let counted = shell.run(counts).await;
    for none in ["\"success_24h\":0", "\"failure_24h\":0"] {
        assert!(!counted.contains(none), "{counted}");
    }
}

/// The commands of the guide, in their order.
fn blocks() -> Vec<&'static str> {
    let parts = GUIDE.split("```sh\n").skip(1);
    parts.filter_map(|part| part.split("```").next()).collect()
}

struct Shell<'a> {
    folder: &'a Path,
    frontend: String,
    target: String,
    region: String,
}

impl Shell<'_> {
    /// Runs a block in a shell that knows what the blocks before it have set.
    async fn run(&self, block: &str) -> String {
        let script = format!(
            "set -euo pipefail\ntouch known\nsource ./known\nset -a\n{block}\nset +a\nexport -p > known\n"
        );
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(self.folder)
            .env("FRONTEND_URL", self.frontend.trim_end_matches('/'))
            .env("URL", &self.target)
            .env("REGION", &self.region)
            .kill_on_drop(true)
            .output();
        let output = output.await.expect("bash runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{block}\n{said}\n{complained}");
        said
    }

    async fn says(&self, block: &str, words: &str) {
        eventually(NOTICED, || async {
            let said = self.run(block).await;
            if said.contains(words) {
                Ok(())
            } else {
                Err(format!("not {words:?}: {said}"))
            }
        })
        .await;
    }
}
