//! An engine that may dial loopback, checks for it, and what its reports are held to.

use std::path::PathBuf;
use std::time::Duration;

use contract::monitor::Check;
use contract::probe::Timings;
use prober::check::{Engine, Report, Settings};
use serde_json::{Value, json};

/// An engine that may dial loopback, as a preview's does.
pub(crate) fn engine() -> Engine {
    trusting(None)
}

pub(crate) fn trusting(ca_file: Option<PathBuf>) -> Engine {
    start(Settings {
        ca_file,
        ..settings()
    })
}

pub(crate) fn settings() -> Settings {
    let allow = ["127.0.0.0/8", "::1/128"];
    Settings {
        allow: allow
            .map(|network| network.parse().expect("a network"))
            .into(),
        body_limit_bytes: 65_536,
        ..Settings::default()
    }
}

pub(crate) fn start(settings: Settings) -> Engine {
    Engine::new(settings).expect("an engine")
}

/// A check of `target` with more fields on top.
pub(crate) fn check(target: &str, fields: Value) -> Check {
    let mut check = json!({"target": target, "timeout_ms": 20_000});
    let Value::Object(fields) = fields else {
        panic!("fields of a check are an object")
    };
    check.as_object_mut().expect("an object").extend(fields);
    serde_json::from_value(check).expect("a check")
}

pub(crate) async fn run(target: &str, fields: Value) -> Report {
    engine().run(&check(target, fields), Duration::ZERO).await
}

/// The phases of a request, added up.
pub(crate) fn sum(timings: &Timings) -> f64 {
    let Timings {
        dns_lookup_ms,
        tcp_connect_ms,
        tls_handshake_ms,
        time_to_first_byte_ms,
        transfer_ms,
        total_time_ms: _,
    } = *timings;
    [
        dns_lookup_ms,
        tcp_connect_ms,
        tls_handshake_ms,
        time_to_first_byte_ms,
        transfer_ms,
    ]
    .into_iter()
    .flatten()
    .sum()
}

/// Equal to the microsecond.
pub(crate) fn assert_adds_up(timings: &Timings) {
    let total = timings.total_time_ms.expect("a total");
    assert!((sum(timings) - total).abs() < 0.000_5, "{timings:?}");
}

pub(crate) fn message(report: &Report) -> &str {
    report.message.as_deref().unwrap_or_default()
}
