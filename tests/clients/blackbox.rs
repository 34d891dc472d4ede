//! A Prometheus that probes through us as it would through `blackbox_exporter`.

use std::path::Path;
use std::time::Duration;

use preview_envs::build;
use serde_json::Value;
use system_tests::Environment;
use system_tests::api::get;
use system_tests::server::Server;
use testkit::eventually;

const SCRAPED: Duration = Duration::from_mins(1);
/// Nobody listens there: port 9 is that of the discard protocol (RFC 863).
const NOBODY: &str = "http://127.0.0.1:9/";

pub(crate) async fn a_prometheus_probes_through_a_prober_that_stands_alone(
    environment: &Environment,
) {
    let prober = Server::start(build::binary("prober"), alone, "/metrics").await;
    let somebody = environment.frontend("/");
    let scraped = configuration(&[&somebody, NOBODY], &prober.url(""));
    let prometheus = Server::prometheus(|_| scraped, &[]).await;
    for (query, expected) in [
        (format!("up{{instance='{somebody}'}}"), 1.0),
        (format!("probe_success{{instance='{somebody}'}}"), 1.0),
        (
            format!("probe_http_status_code{{instance='{somebody}'}}"),
            200.0,
        ),
        (format!("up{{instance='{NOBODY}'}}"), 1.0),
        (format!("probe_success{{instance='{NOBODY}'}}"), 0.0),
        (
            format!(
                "count(probe_http_duration_seconds{{instance='{somebody}',phase=~'resolve|connect|tls|processing|transfer'}})"
            ),
            5.0,
        ),
    ] {
        eventually(SCRAPED, || async {
            let value = value(&prometheus, &query).await;
            (value == Some(expected))
                .then_some(())
                .ok_or_else(|| format!("{query} is {value:?}, not {expected}"))
        })
        .await;
    }
}

fn alone(port: u16, folder: &Path) -> Vec<String> {
    let config = folder.join("checks.yaml");
    std::fs::write(&config, "endpoints: []").expect("written");
    let config = config.display().to_string();
    let listen = format!("127.0.0.1:{port}");
    [
        "--config",
        &config,
        "--http",
        &listen,
        "--allow",
        "127.0.0.0/8",
    ]
    .map(str::to_owned)
    .into()
}

/// As the guide and the exporter's own documentation write it.
fn configuration(targets: &[&str], prober: &str) -> String {
    let targets = targets.join("', '");
    let prober = prober.trim_start_matches("http://");
    format!(
        "global:
  scrape_interval: 1s
scrape_configs:
  - job_name: probes
    metrics_path: /probe
    params: {{module: [http_2xx]}}
    static_configs: [{{targets: ['{targets}']}}]
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: '{prober}'}}
"
    )
}

/// The one value of an instant query.
async fn value(prometheus: &Server, query: &str) -> Option<f64> {
    let mut url = reqwest::Url::parse(&prometheus.url("/api/v1/query")).expect("a URL");
    url.query_pairs_mut().append_pair("query", query);
    let answer: Value = serde_json::from_str(&get(url.as_str()).await.text).ok()?;
    let result = answer["data"]["result"].as_array()?;
    result.first()?["value"][1].as_str()?.parse().ok()
}
