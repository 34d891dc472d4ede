//! A report in the names of Prometheus' blackbox exporter.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use contract::monitor::Kind;
use contract::probe::{Hop, Outcome, Timings};

use crate::check::Report;
use crate::exposition::{Exposition, Labels};

/// Adds what a check found; `labels` stand on every sample.
pub(crate) fn describe(into: &mut Exposition, kind: &Kind, report: &Report, labels: &Labels) {
    if report.outcome == Outcome::Missed {
        return;
    }
    let mut metrics = Metrics { into, labels };
    let success = flag(report.is_success());
    metrics.plain(
        "probe_success",
        "Displays whether or not the probe was a success",
        success,
    );
    metrics.plain(
        "probe_duration_seconds",
        "Returns how long the probe took to complete in seconds",
        seconds(report.timings.total_time_ms),
    );
    metrics.plain(
        "probe_dns_lookup_time_seconds",
        "Returns the time taken for probe dns lookup in seconds",
        seconds(report.timings.dns_lookup_ms),
    );
    address(&mut metrics, report.hops.last());
    match kind {
        Kind::Http(_) => http(&mut metrics, report),
        Kind::Icmp(_) => phases(
            &mut metrics,
            "probe_icmp_duration_seconds",
            "Duration of icmp request by phase",
            &[
                ("resolve", report.timings.dns_lookup_ms),
                ("setup", None),
                ("rtt", report.timings.time_to_first_byte_ms),
            ],
        ),
        Kind::Dns(_) => dns(&mut metrics, report),
        Kind::Tcp(_) | Kind::Tls(_) | Kind::Heartbeat(_) => {}
    }
    certificate(&mut metrics, report);
}

struct Metrics<'a> {
    into: &'a mut Exposition,
    labels: &'a Labels,
}

impl Metrics<'_> {
    fn plain(&mut self, name: &'static str, help: &'static str, value: f64) {
        self.into.gauge(name, help, self.labels.clone(), value);
    }

    fn labelled(
        &mut self,
        name: &'static str,
        help: &'static str,
        label: (&'static str, String),
        value: f64,
    ) {
        let mut labels = self.labels.clone();
        labels.push(label);
        self.into.gauge(name, help, labels, value);
    }
}

fn address(metrics: &mut Metrics<'_>, hop: Option<&Hop>) {
    let address: Option<IpAddr> = hop.and_then(|hop| hop.ip.as_ref()?.parse().ok());
    let protocol = match address {
        Some(IpAddr::V4(_)) => 4.0,
        Some(IpAddr::V6(_)) => 6.0,
        None => 0.0,
    };
    metrics.plain(
        "probe_ip_protocol",
        "Specifies whether probe ip protocol is IP4 or IP6",
        protocol,
    );
    let Some(address) = address else { return };
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    // Small enough to be exact in a float, as the exporter's own.
    let hash = u32::try_from(hasher.finish() >> 32).unwrap_or_default();
    metrics.plain(
        "probe_ip_addr_hash",
        "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
        hash.into(),
    );
}

fn http(metrics: &mut Metrics<'_>, report: &Report) {
    let Timings {
        dns_lookup_ms,
        tcp_connect_ms,
        tls_handshake_ms,
        time_to_first_byte_ms,
        transfer_ms,
        ..
    } = report.timings;
    phases(
        metrics,
        "probe_http_duration_seconds",
        "Duration of http request by phase, summed over all redirects",
        &[
            ("resolve", dns_lookup_ms),
            ("connect", tcp_connect_ms),
            ("tls", tls_handshake_ms),
            ("processing", time_to_first_byte_ms),
            ("transfer", transfer_ms),
        ],
    );
    let last = report.hops.last();
    let version = last.and_then(|hop| hop.protocol.as_deref()?.strip_prefix("HTTP/")?.parse().ok());
    let is_tls = last.is_some_and(|hop| hop.url.starts_with("https:"));
    let failed_by_words = report.reason == Some(contract::probe::Reason::Assertion);
    for (name, help, value) in [
        (
            "probe_http_status_code",
            "Response HTTP status code",
            f64::from(report.status_code.unwrap_or_default()),
        ),
        (
            "probe_http_version",
            "Returns the version of HTTP of the probe response",
            version.unwrap_or_default(),
        ),
        (
            "probe_http_redirects",
            "The number of redirects",
            count(report.hops.len().saturating_sub(1)),
        ),
        (
            "probe_http_ssl",
            "Indicates if SSL was used for the final redirect",
            flag(is_tls),
        ),
        (
            "probe_http_content_length",
            "Length of http content response",
            length(report.content_length),
        ),
        (
            "probe_http_uncompressed_body_length",
            "Length of uncompressed response body",
            count(report.body_bytes.unwrap_or_default()),
        ),
        (
            "probe_failed_due_to_regex",
            "Indicates if probe failed due to regex",
            flag(failed_by_words),
        ),
    ] {
        metrics.plain(name, help, value);
    }
}

fn dns(metrics: &mut Metrics<'_>, report: &Report) {
    phases(
        metrics,
        "probe_dns_duration_seconds",
        "Duration of DNS request by phase",
        &[
            ("resolve", None),
            ("connect", report.timings.tcp_connect_ms),
            ("request", report.timings.dns_lookup_ms),
        ],
    );
    metrics.plain(
        "probe_dns_query_succeeded",
        "Displays whether or not the query was executed successfully",
        flag(report.dns.is_some()),
    );
    let Some(dns) = &report.dns else { return };
    for (name, help, records) in [
        (
            "probe_dns_answer_rrs",
            "Returns number of entries in the answer resource record list",
            dns.answers,
        ),
        (
            "probe_dns_authority_rrs",
            "Returns number of entries in the authority resource record list",
            dns.authorities,
        ),
        (
            "probe_dns_additional_rrs",
            "Returns number of entries in the additional resource record list",
            dns.additionals,
        ),
    ] {
        metrics.plain(name, help, count(records));
    }
    if let Some(serial) = dns.serial {
        let help = "Returns the serial number of the zone";
        metrics.plain("probe_dns_serial", help, serial.into());
    }
}

fn certificate(metrics: &mut Metrics<'_>, report: &Report) {
    let Some(certificate) = &report.certificate else {
        return;
    };
    #[expect(clippy::cast_precision_loss, reason = "an expiry is far below 2^52 s")]
    let expires_at = certificate.expires_at.timestamp() as f64;
    metrics.plain(
        "probe_ssl_earliest_cert_expiry",
        "Returns last SSL chain expiry in unixtime",
        expires_at,
    );
    metrics.labelled(
        "probe_tls_version_info",
        "Returns the TLS version used or NaN when unknown",
        ("version", certificate.tls_version.replace("TLSv", "TLS ")),
        1.0,
    );
}

fn phases(
    metrics: &mut Metrics<'_>,
    name: &'static str,
    help: &'static str,
    phases: &[(&str, Option<f64>)],
) {
    for (phase, took_ms) in phases {
        metrics.labelled(
            name,
            help,
            ("phase", (*phase).to_owned()),
            seconds(*took_ms),
        );
    }
}

/// Zero where a phase was not reached, as the exporter has it.
fn seconds(milliseconds: Option<f64>) -> f64 {
    milliseconds.unwrap_or_default() / 1_000.0
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(count: usize) -> f64 {
    count as f64
}

/// The exporter's word for a length that was not told is -1.
#[expect(
    clippy::cast_precision_loss,
    reason = "bodies are far below 2^52 bytes"
)]
fn length(bytes: Option<u64>) -> f64 {
    bytes.map_or(-1.0, |bytes| bytes as f64)
}
