//! The program, started as a person starts it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use testkit::http;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// `prober --config` on a file of the test's. It ends when it is dropped.
pub(crate) struct Alone {
    file: PathBuf,
    out: Lines<BufReader<ChildStdout>>,
    complaints: Lines<BufReader<ChildStderr>>,
    pub(crate) url: String,
    pub(crate) child: Child,
}

impl Alone {
    pub(crate) async fn start(name: &str, config: &str, more: &[&str]) -> Self {
        let file = std::env::temp_dir().join(format!("prober-{}-{name}.yaml", std::process::id()));
        std::fs::write(&file, config).expect("room on the disk");
        let mut child = Command::new(env!("CARGO_BIN_EXE_prober"))
            .arg("--config")
            .arg(&file)
            .args(["--http", "127.0.0.1:0", "--allow", "127.0.0.0/8"])
            .args(more)
            .env("TARGET_GROUP", "core")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let complaints = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut alone = Self {
            file,
            out: lines,
            complaints,
            url: String::new(),
            child,
        };
        let first = if more.contains(&"--json") {
            alone.complaint("http://").await
        } else {
            alone.line("http://").await
        };
        let url = first
            .split("http://")
            .nth(1)
            .and_then(|it| it.split('/').next());
        alone.url = format!("http://{}", url.expect("an address"));
        alone
    }

    /// The next line that holds these words.
    pub(crate) async fn line(&mut self, words: &str) -> String {
        next(&mut self.out, words).await
    }

    pub(crate) async fn complaint(&mut self, words: &str) -> String {
        next(&mut self.complaints, words).await
    }

    pub(crate) async fn result(&mut self, name: &str) -> Value {
        let line = self.line(&format!("\"name\":\"{name}\"")).await;
        serde_json::from_str(&line).expect("JSON")
    }

    /// In one step: the program may look at any moment.
    pub(crate) fn rewrite(&self, config: &str) {
        let new = self.file.with_extension("new");
        std::fs::write(&new, config).expect("room on the disk");
        std::fs::rename(new, &self.file).expect("the same disk");
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = http::client()
            .get(format!("{}{path}", self.url))
            .send()
            .await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("text"))
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

async fn next<R: tokio::io::AsyncBufRead + Unpin>(lines: &mut Lines<R>, words: &str) -> String {
    let search = async {
        while let Some(line) = lines.next_line().await.expect("text") {
            if line.contains(words) {
                return line;
            }
        }
        panic!("it ended without a word of {words:?}")
    };
    tokio::time::timeout(PATIENCE, search)
        .await
        .unwrap_or_else(|_| panic!("no word of {words:?}"))
}
