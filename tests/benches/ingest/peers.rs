//! What others take of the same load.

use std::path::Path;
use std::time::Duration;

use preview_envs::toolchain::peers::VICTORIA_METRICS;
use system_tests::fleet::drive::{Format, Target};
use system_tests::server::Server;
use system_tests::story::say;
use testkit::eventually;

use super::{FLOOD, PER_REQUEST, hosts};

const COUNTED: Duration = Duration::from_secs(30);

/// Samples a second that `VictoriaMetrics` acknowledges.
pub(crate) async fn victoria_metrics() -> f64 {
    let arguments = |port: u16, folder: &Path| {
        vec![
            format!("-httpListenAddr=127.0.0.1:{port}"),
            format!("-storageDataPath={}", folder.join("data").display()),
            "-retentionPeriod=1".to_owned(),
        ]
    };
    let program = VICTORIA_METRICS
        .find()
        .unwrap_or_else(|| panic!("{}", VICTORIA_METRICS.instruction()));
    let server = Server::start(program, arguments, "/health").await;
    measure("victoria-metrics", &server, "vm_rows_inserted_total").await
}

/// Samples a second that Prometheus' own receiver acknowledges.
pub(crate) async fn prometheus() -> f64 {
    let receiver = ["--web.enable-remote-write-receiver"];
    let server = Server::prometheus(|_| "{}".to_owned(), &receiver).await;
    measure(
        "prometheus",
        &server,
        "prometheus_tsdb_head_samples_appended_total",
    )
    .await
}

async fn measure(name: &str, server: &Server, counter: &str) -> f64 {
    let url = server.url("/api/v1/write");
    let target = Target::new(&url, None, Format::RemoteWrite, PER_REQUEST);
    let (_, shards) = target.flood(hosts("peer"), Duration::ZERO).await;
    let before = server.metric(counter).await;
    let (taken, _) = target.flood(shards, FLOOD).await;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
    let sent = taken.samples as f64;
    eventually(COUNTED, || async {
        let seen = server.metric(counter).await - before;
        let all = seen >= sent;
        all.then_some(())
            .ok_or_else(|| format!("{name} counts {seen} of {sent} samples"))
    })
    .await;
    say(&format!(
        "      {name}: {:.0} samples/s",
        taken.per_second()
    ));
    taken.per_second()
}
