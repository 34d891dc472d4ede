//! A Prometheus that scrapes itself and writes everything to us.

use std::time::Duration;

use serde_json::Value;
use system_tests::Environment;
use system_tests::api::{Api, get};
use system_tests::server::Server;
use system_tests::stored;
use system_tests::story::say;
use testkit::eventually;

/// Scrapes that have to arrive: a minute of them.
const SCRAPES: usize = 60;
const SCRAPED: Duration = Duration::from_mins(3);
const STORED: Duration = Duration::from_secs(30);
const JOB: &str = "own-scrape";

pub(crate) async fn a_prometheus_loses_nothing_by_its_own_account(environment: &Environment) {
    let server = start(environment).await;
    let scraped = eventually(SCRAPED, || async {
        let points = own_points(&server, "up").await;
        if points.len() >= SCRAPES {
            Ok(points)
        } else {
            Err(format!("{} scrapes", points.len()))
        }
    })
    .await;
    let sent = server
        .metric("prometheus_remote_storage_samples_total")
        .await;
    for trouble in ["failed", "dropped", "retried"] {
        let name = format!("prometheus_remote_storage_samples_{trouble}_total");
        let count = server.metric(&name).await;
        assert!(count == 0.0, "{name} is {count}: {}", server.log());
    }
    let api = Api::sign_in(environment).await;
    for metric in [
        "up",
        "scrape_samples_scraped",
        "prometheus_http_requests_total",
    ] {
        let own = own_points(&server, metric).await;
        eventually(STORED, || async {
            let ours = api.points(metric).await?;
            let missing = own.iter().filter(|point| !ours.contains(point)).count();
            (missing == 0)
                .then_some(())
                .ok_or_else(|| format!("{missing} points of {metric} are missing"))
        })
        .await;
    }
    let database = environment.database().await;
    let tenant = environment.tenant();
    eventually(STORED, || async {
        let stored = stored::of_label(&database, &tenant, "job", JOB).await;
        let stored = stored.map_err(|error| error.to_string())?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let all = stored as f64 >= sent;
        all.then_some(())
            .ok_or_else(|| format!("{stored} of {sent} samples"))
    })
    .await;
    say(&format!("      {} scrapes, {sent} samples", scraped.len()));
}

async fn start(environment: &Environment) -> Server {
    let (write, token) = (environment.ingress("/api/v1/write"), environment.token());
    Server::prometheus(|port| configuration(port, &write, &token), &[]).await
}

fn configuration(port: u16, write: &str, token: &str) -> String {
    format!(
        "global:
  scrape_interval: 1s
scrape_configs:
  - job_name: {JOB}
    static_configs:
      - targets: ['127.0.0.1:{port}']
remote_write:
  - url: {write}
    authorization:
      credentials: {token}
"
    )
}

/// The points of a metric as Prometheus itself holds them.
async fn own_points(server: &Server, metric: &str) -> Vec<(i64, f64)> {
    let url = server.url(&format!("/api/v1/query?query={metric}%5B10m%5D"));
    let answer: Value = serde_json::from_str(&get(&url).await.text).expect("JSON");
    let series = answer["data"]["result"].as_array().into_iter().flatten();
    series
        .flat_map(|series| series["values"].as_array().into_iter().flatten())
        .map(|point| {
            let seconds = point[0].as_f64().expect("an instant");
            let value = point[1].as_str().and_then(|value| value.parse().ok());
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
            let at_ms = (seconds * 1_000.0).round() as i64;
            (at_ms, value.expect("a value"))
        })
        .collect()
}
