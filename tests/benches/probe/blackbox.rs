//! The reference: `blackbox_exporter`, asked over kept connections, at the best of several concurrencies.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use preview_envs::toolchain::packages;
use preview_envs::workspace;
use testkit::eventually;

use crate::cost::Cost;
use system_tests::process::{Running, scratch};

const PACKAGE: &str = "prometheus-blackbox-exporter";
const CONCURRENCY: [usize; 3] = [4, 16, 64];
const READY: Duration = Duration::from_secs(10);
/// The least it can do: no condition but the default one.
const MODULES: &str = "modules:
  http_2xx:
    prober: http
    timeout: 10s
    http:
      preferred_ip_protocol: ip4
";

pub(crate) struct Blackbox {
    exporter: Running,
    client: reqwest::Client,
    probe: String,
}

impl Blackbox {
    pub(crate) async fn start(target: &str) -> Self {
        if workspace::on_path(PACKAGE).is_none() {
            let why = "it is what the prober is compared with";
            packages::install(&[PACKAGE], why)
                .await
                .expect("Debian has it");
        }
        let folder = scratch(PACKAGE);
        let config = folder.join("modules.yml");
        std::fs::write(&config, MODULES).expect("the folder can be written");
        let listen = free_address();
        let mut command = Command::new(PACKAGE);
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--web.listen-address={listen}"))
            .arg("--log.level=error");
        let blackbox = Self {
            exporter: Running::start(command, folder),
            client: testkit::http::client(),
            probe: format!("http://{listen}/probe?module=http_2xx&target={target}"),
        };
        eventually(READY, async || blackbox.ask().await).await;
        blackbox
    }

    /// The fastest of the runs; which of them was the cheapest, too, differs little.
    pub(crate) async fn measure(&self, checks: usize) -> Cost {
        let mut best: Option<Cost> = None;
        for concurrency in CONCURRENCY {
            let (cpu, begun) = (self.exporter.cpu(), Instant::now());
            let done = stream::iter(0..checks)
                .map(|_| self.ask())
                .buffer_unordered(concurrency)
                .filter(|outcome| std::future::ready(outcome.is_ok()))
                .count()
                .await;
            let cost = Cost {
                checks: done,
                took: begun.elapsed(),
                cpu_s: cpu.used_s(),
            };
            assert_eq!(done, checks, "it fails checks");
            if best
                .as_ref()
                .is_none_or(|best| best.per_second() < cost.per_second())
            {
                best = Some(cost);
            }
        }
        best.expect("one of them is the best")
    }

    async fn ask(&self) -> Result<(), String> {
        let answer = self
            .client
            .get(&self.probe)
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let text = answer.text().await.map_err(|error| error.to_string())?;
        if text.contains("\nprobe_success 1") {
            Ok(())
        } else {
            Err(text)
        }
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket").to_string()
}
