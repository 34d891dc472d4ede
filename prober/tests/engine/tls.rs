use std::time::Duration;

use contract::probe::{Outcome, Reason};
use rcgen::date_time_ymd;
use serde_json::json;
use testkit::target::{Answer, Server};

use crate::servers::{Authority, Raw};
use crate::stage::{assert_adds_up, check, message, run, trusting};

#[tokio::test]
async fn http_2_over_tls_tells_its_certificate() {
    let target = Server::tls().await;
    let file = std::env::temp_dir().join(format!("prober-{}-target.pem", std::process::id()));
    std::fs::write(&file, target.certificate_pem().expect("a certificate")).expect("a file");
    let engine = trusting(Some(file.clone()));
    std::fs::remove_file(file).expect("the file");
    target.answer(Answer {
        handshake_delay: Duration::from_millis(60),
        first_byte_delay: Duration::from_millis(30),
        ..Answer::default()
    });
    let fields = json!({"conditions": ["[STATUS] == 200", "[BODY] == all is well", "[CERTIFICATE_EXPIRATION] > 48h"]});
    let report = engine
        .run(&check(&target.url("/"), fields), Duration::ZERO)
        .await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.hops[0].protocol.as_deref(), Some("HTTP/2"));
    // A busy machine may notice the connection late, and then the handshake is shorter by as much.
    let secured_ms = [
        report.timings.tcp_connect_ms,
        report.timings.tls_handshake_ms,
    ];
    assert!(
        secured_ms.into_iter().flatten().sum::<f64>() >= 60.0,
        "{report:?}"
    );
    assert!(
        report.timings.time_to_first_byte_ms >= Some(30.0),
        "{report:?}"
    );
    assert_adds_up(&report.timings);
    let certificate = report.certificate.expect("a certificate");
    assert_eq!(certificate.tls_version, "TLSv1.3");
    assert!(certificate.cipher.starts_with("TLS13_"), "{certificate:?}");
    assert_eq!(target.requests()[0].uri().path(), "/");
}

#[tokio::test]
async fn an_authority_of_ones_own_can_be_trusted() {
    let authority = Authority::new("own");
    let target = Raw::tls(authority.identity("localhost", |params| {
        params.not_after = date_time_ymd(2090, 1, 1);
    }))
    .await;
    let engine = trusting(Some(authority.file()));
    let report = engine
        .run(
            &check(&target.tls_url("localhost"), json!({})),
            Duration::ZERO,
        )
        .await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.hops[0].protocol.as_deref(), Some("HTTP/1.1"));
    let certificate = report.certificate.expect("a certificate");
    assert_eq!(
        certificate.expires_at.to_rfc3339(),
        "2090-01-01T00:00:00+00:00"
    );
}

#[tokio::test]
async fn a_wrong_certificate_is_told_in_words() {
    let authority = Authority::new("wrong");
    let engine = trusting(Some(authority.file()));
    let stranger = Authority::new("stranger");
    for (identity, words) in [
        (
            authority.identity("localhost", |params| {
                params.not_before = date_time_ymd(2019, 1, 1);
                params.not_after = date_time_ymd(2020, 2, 3);
            }),
            "the certificate of localhost expired on 2020-02-03",
        ),
        (
            authority.identity("localhost", |params| {
                params.not_before = date_time_ymd(2090, 2, 3);
            }),
            "the certificate of localhost is valid only from 2090-02-03",
        ),
        (
            authority.identity("example.org", |_| {}),
            "the certificate is not for localhost but for",
        ),
        (
            stranger.identity("localhost", |_| {}),
            "the certificate of localhost is not signed by a trusted authority",
        ),
    ] {
        let target = Raw::tls(identity).await;
        let report = engine
            .run(
                &check(&target.tls_url("localhost"), json!({})),
                Duration::ZERO,
            )
            .await;
        assert_eq!(report.reason, Some(Reason::TlsError), "{report:?}");
        assert!(message(&report).starts_with(words), "{report:?}");
        assert_eq!(report.status_code, None);
        assert_adds_up(&report.timings);
    }
}

#[tokio::test]
async fn a_port_without_tls_is_called_so() {
    let target = Server::http().await;
    let url = format!("https://{}/", target.address());
    let report = run(&url, json!({})).await;
    assert_eq!(report.reason, Some(Reason::TlsError));
    assert_eq!(
        message(&report),
        "127.0.0.1 does not speak TLS on this port"
    );
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_a_timeout() {
    let target = Raw::stalls("").await;
    let report = run(&target.tls_url("127.0.0.1"), json!({"timeout_ms": 2_000})).await;
    assert_eq!(report.reason, Some(Reason::Timeout));
    assert_eq!(message(&report), "TLS handshake timeout after 2 s");
    assert_adds_up(&report.timings);
}
