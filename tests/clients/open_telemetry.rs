//! The OpenTelemetry SDK of Python.

use std::time::Duration;

use preview_envs::toolchain::peers::CLIENTS;
use system_tests::Environment;
use system_tests::api::Api;
use system_tests::push::unique;
use testkit::eventually;
use tokio::process::Command;

const READABLE: Duration = Duration::from_secs(20);

/// What an application does that counts, looks, and measures how long things take.
const APPLICATION: &str = r#"
import sys
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

url, token, prefix = sys.argv[1:]
exporter = OTLPMetricExporter(endpoint=url, headers={"Authorization": "Bearer " + token})
reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
provider = MeterProvider([reader], resource=Resource.create({"service.name": "shop"}))
meter = provider.get_meter("shop")
orders = meter.create_counter(prefix + ".orders", unit="{order}")
orders.add(2, {"kind": "book"})
orders.add(3, {"kind": "book"})
meter.create_gauge(prefix + ".temperature", unit="Cel").set(21.5)
duration = meter.create_histogram(prefix + ".duration", unit="s", explicit_bucket_boundaries_advisory=[0.1, 1.0])
for seconds in [0.05, 0.5, 0.5, 7.0]:
    duration.record(seconds)
provider.shutdown()
"#;

pub(crate) async fn the_sdk_of_python_pushes_what_is_read_back(environment: &Environment) {
    let python = CLIENTS
        .find("python")
        .expect("`cargo preview test end-to-end` installs it");
    let prefix = unique("sdk");
    let output = Command::new(python)
        .args(["-c", APPLICATION])
        .args([
            environment.ingress("/v1/metrics"),
            environment.token(),
            prefix.clone(),
        ])
        .output()
        .await
        .expect("python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // The SDK tells of an export that failed, or was taken in part, in its log alone.
    assert_eq!(said, "");

    let api = Api::sign_in(environment).await;
    for (metric, expected) in [
        (format!("{prefix}.orders"), vec![5.0]),
        (format!("{prefix}.temperature"), vec![21.5]),
        (format!("{prefix}.duration_count"), vec![4.0]),
        (format!("{prefix}.duration_sum"), vec![8.05]),
        (format!("{prefix}.duration_bucket"), vec![1.0, 3.0, 4.0]),
    ] {
        eventually(READABLE, || async {
            let points = api.points(&metric).await?;
            let mut values: Vec<f64> = points.into_iter().map(|(_, value)| value).collect();
            values.sort_by(f64::total_cmp);
            let alike = values.len() == expected.len()
                && values
                    .iter()
                    .zip(&expected)
                    .all(|(a, b)| (a - b).abs() < 1e-9);
            alike
                .then_some(())
                .ok_or_else(|| format!("{metric}: {values:?}"))
        })
        .await;
    }
}
