//! What services export reaches its receiver through a real collector, as the standard variables say.

use std::time::Duration;

use preview_envs::port;
use preview_envs::toolchain::peers::COLLECTOR;
use system_tests::api::get;
use system_tests::process::Running;
use testkit::eventually;
use testkit::otlp::Receiver;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(30);
const AGENT: &str =
    "import os, rotel; print(os.path.join(os.path.dirname(rotel.__file__), 'rotel-agent'))";

#[tokio::test]
async fn every_signal_goes_through_a_collector_under_the_name_that_was_asked_for() {
    let receiver = Receiver::start().await;
    let collector = Collector::start(&receiver).await;
    let mut nats = testkit::nats().await;
    nats.provision().await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
        ("OTEL_SERVICE_NAME", "edge".to_owned()),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500".to_owned()),
        ("OTEL_BLRP_SCHEDULE_DELAY", "200".to_owned()),
        ("OVERSEER_INGRESS_LISTEN", "127.0.0.1:0".to_owned()),
        ("RUST_LOG", "info".to_owned()),
    ];
    let ingress = Running::service("ingress", &nats, &settings).await;
    let url = format!("{}/api/v1/openapi.json", ingress.http_url());
    assert_eq!(get(&url).await.status, 200);
    eventually(SOON, || async {
        let span = receiver.spans().iter().any(|it| it.service == "edge");
        let mut metrics = receiver.metrics().into_iter();
        let metric = metrics
            .any(|(service, name)| service == "edge" && name == "http.server.request.duration");
        let log = receiver.logs().iter().any(|it| it.service == "edge");
        (span && metric && log)
            .then_some(())
            .ok_or_else(|| format!("span {span}, metric {metric}, log {log}"))
    })
    .await;
    assert_eq!(receiver.refused(), Vec::<String>::new());
    drop(ingress);
    nats.stop().await;
}

#[tokio::test]
async fn a_signal_goes_only_where_it_is_sent() {
    let receiver = Receiver::start().await;
    let mut nats = testkit::nats().await;
    nats.provision().await;
    let metrics = format!("{}/v1/metrics", receiver.endpoint());
    let settings = [
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", metrics),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500".to_owned()),
        ("OVERSEER_INGRESS_LISTEN", "127.0.0.1:0".to_owned()),
        ("RUST_LOG", "info".to_owned()),
    ];
    let ingress = Running::service("ingress", &nats, &settings).await;
    let url = format!("{}/api/v1/openapi.json", ingress.http_url());
    assert_eq!(get(&url).await.status, 200);
    eventually(SOON, || async {
        let metrics = receiver.metrics();
        metrics
            .iter()
            .any(|(_, name)| name == "http.server.request.duration")
    })
    .await;
    assert_eq!(receiver.spans().iter().count(), 0);
    assert!(receiver.logs().is_empty());
    drop(ingress);
    nats.stop().await;
}

/// It is killed when dropped.
struct Collector {
    _child: Child,
    port: u16,
}

impl Collector {
    /// Sends on all it gets.
    async fn start(receiver: &Receiver) -> Self {
        let python = COLLECTOR.find("python");
        let python = python.expect("`cargo preview test end-to-end` installs it");
        let said = Command::new(python).args(["-c", AGENT]).output().await;
        let program = String::from_utf8(said.expect("python runs").stdout).expect("a path");
        let port = port::any().expect("a free port");
        let grpc = port::any().expect("a free port");
        let child = Command::new(program.trim())
            .arg("start")
            .args(["--otlp-http-endpoint", &format!("127.0.0.1:{port}")])
            .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{grpc}")])
            .args(["--exporter", "otlp", "--otlp-exporter-protocol", "http"])
            .args(["--otlp-exporter-endpoint", &receiver.endpoint()])
            .kill_on_drop(true)
            .spawn();
        let child = child.expect("the collector runs");
        eventually(SOON, || TcpStream::connect(("127.0.0.1", port))).await;
        Self {
            _child: child,
            port,
        }
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
