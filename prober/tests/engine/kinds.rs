use std::time::Duration;

use chrono::Datelike;
use contract::probe::{Outcome, Reason};
use prober::check::{Report, Settings};
use rcgen::date_time_ymd;
use serde_json::{Value, json};
use testkit::refusing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;

use crate::names::{NameServer, found};
use crate::servers::{Authority, Raw};
use crate::stage::{assert_adds_up, check, message, run, settings, start, trusting};

async fn of_kind(kind: &str, target: &str, fields: Value) -> Report {
    let mut fields = fields;
    fields["kind"] = json!(kind);
    run(target, fields).await
}

/// Greets, then answers every line in capitals.
async fn greeter() -> Raw {
    Raw::serve(|mut stream| async move {
        let _ = stream.write_all(b"220 ready\r\n").await;
        let mut line = [0; 64];
        while let Ok(length @ 1..) = stream.read(&mut line).await {
            let _ = stream.write_all(&line[..length].to_ascii_uppercase()).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_port_that_is_open_is_connected_to() {
    let server = greeter().await;
    let report = of_kind("tcp", &server.address.to_string(), json!({})).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(report.timings.tcp_connect_ms > Some(0.0));
    assert_eq!(report.timings.time_to_first_byte_ms, None);
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn a_word_is_said_and_the_answer_judged() {
    let server = greeter().await;
    let target = server.address.to_string();
    let good =
        json!({"send": "noop\r\n", "expect": "NOOP", "conditions": ["[BODY] == pat(220 ready*)"]});
    let report = of_kind("tcp", &target, good).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(report.timings.time_to_first_byte_ms.is_some());
    assert_adds_up(&report.timings);

    let server = Raw::serve(|mut stream| async move {
        let _ = stream.write_all(b"421 \x1b[2J go away\r\n").await;
    })
    .await;
    let report = of_kind(
        "tcp",
        &server.address.to_string(),
        json!({"expect": "220 "}),
    )
    .await;
    assert_eq!(report.reason, Some(Reason::Assertion), "{report:?}");
    assert_eq!(
        message(&report),
        r#"the server said "421 \u{1b}[2J go away\r\n" and not "220 ""#
    );
}

#[tokio::test]
async fn a_server_that_never_says_the_word_is_a_timeout_and_an_endless_one_is_cut_off() {
    let silent = Raw::stalls("").await;
    let fields = json!({"expect": "220 ", "timeout_ms": 200});
    let report = of_kind("tcp", &silent.address.to_string(), fields).await;
    assert_eq!(report.reason, Some(Reason::Timeout), "{report:?}");
    let endless =
        Raw::serve(
            |mut stream| async move { while stream.write_all(&[b'x'; 4_096]).await.is_ok() {} },
        )
        .await;
    let report = of_kind(
        "tcp",
        &endless.address.to_string(),
        json!({"expect": "220 "}),
    )
    .await;
    assert_eq!(report.reason, Some(Reason::Assertion), "{report:?}");
}

#[tokio::test]
async fn a_handshake_is_enough_for_tls() {
    let authority = Authority::new("kind-tls");
    let target = Raw::tls(authority.identity("localhost", |params| {
        params.not_after = date_time_ymd(2090, 1, 1);
    }))
    .await;
    let address = format!("localhost:{}", target.address.port());
    let engine = trusting(Some(authority.file()));
    let fields = json!({"kind": "tls", "min_days_left": 14, "conditions": ["[CERTIFICATE_EXPIRATION] > 48h"]});
    let report = engine.run(&check(&address, fields), Duration::ZERO).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(report.timings.tls_handshake_ms > Some(0.0));
    assert_adds_up(&report.timings);
    let other = json!({"kind": "tls", "server_name": "example.org"});
    let report = engine.run(&check(&address, other), Duration::ZERO).await;
    assert_eq!(report.reason, Some(Reason::TlsError), "{report:?}");
    assert!(!report.certificate.expect("told all the same").name_matches);
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_a_failure_where_days_are_wanted() {
    let authority = Authority::new("kind-tls-soon");
    let soon = service::now().date_naive() + chrono::Days::new(5);
    let target = Raw::tls(authority.identity("localhost", |params| {
        let [month, day] = [soon.month(), soon.day()].map(|it| u8::try_from(it).expect("small"));
        params.not_after = date_time_ymd(soon.year(), month, day);
    }))
    .await;
    let address = format!("localhost:{}", target.address.port());
    let engine = trusting(Some(authority.file()));
    let run = async |days: u32| {
        let fields = json!({"kind": "tls", "min_days_left": days});
        engine.run(&check(&address, fields), Duration::ZERO).await
    };
    assert_eq!(run(3).await.outcome, Outcome::Success);
    let report = run(14).await;
    assert_eq!(report.reason, Some(Reason::Assertion), "{report:?}");
    let words = format!("the certificate expires on {soon}, in 4 days; at least 14 were wanted");
    assert_eq!(message(&report), words);
}

#[tokio::test]
async fn an_invalid_certificate_is_told_in_full_and_may_be_put_up_with() {
    let authority = Authority::new("kind-insecure");
    let target = Raw::tls(authority.identity("localhost", |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 3);
    }))
    .await;
    let engine = trusting(Some(authority.file()));
    let url = target.tls_url("localhost");
    let report = engine.run(&check(&url, json!({})), Duration::ZERO).await;
    assert_eq!(report.reason, Some(Reason::TlsError), "{report:?}");
    let certificate = report.certificate.expect("told all the same");
    assert_eq!(
        certificate.expires_at.to_rfc3339(),
        "2020-02-03T00:00:00+00:00"
    );
    assert_eq!(certificate.tls_version, "TLSv1.3");
    assert!(certificate.name_matches && certificate.problem.is_some());
    assert_eq!(
        report.status_code, None,
        "nothing was said over the connection"
    );
    let report = engine
        .run(&check(&url, json!({"insecure": true})), Duration::ZERO)
        .await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
}

#[tokio::test]
async fn a_name_server_is_asked_and_its_answers_are_the_body() {
    let names = NameServer::serve(|_, _| Some(found(&["192.0.2.1", "192.0.2.2"]))).await;
    let fields = json!({
        "record": "A", "resolver": names.address, "kind": "dns",
        "conditions": ["[DNS_RCODE] == NOERROR", "[BODY] == pat(*192.0.2.2*)", "len([BODY]) == 19"],
    });
    let report = run("example.com", fields).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(report.timings.dns_lookup_ms >= Some(40.0), "{report:?}");
    assert_adds_up(&report.timings);
    let dns = report.dns.expect("an answer");
    assert_eq!((dns.rcode.as_str(), dns.answers), ("NOERROR", 2));
}

#[tokio::test]
async fn names_of_the_operator_are_not_told_where_checks_have_a_server_of_their_own() {
    let inside = NameServer::serve(|_, _| Some(found(&["10.0.0.7"]))).await;
    let outside = NameServer::serve(|_, _| Some((3, Vec::new()))).await;
    let engine = |dns_check_server| {
        start(Settings {
            name_servers: vec![inside.address],
            dns_check_server,
            ..settings()
        })
    };
    let check = check("vault.internal", json!({"kind": "dns"}));
    let own = engine(None).run(&check, Duration::ZERO).await;
    assert_eq!(own.outcome, Outcome::Success, "{own:?}");
    let others = engine(Some(outside.address))
        .run(&check, Duration::ZERO)
        .await;
    assert_eq!(others.outcome, Outcome::Failure, "{others:?}");
    assert_eq!(others.dns.map(|dns| dns.rcode), Some("NXDOMAIN".to_owned()));
}

#[tokio::test]
async fn a_name_that_is_not_there_fails_unless_that_is_wanted() {
    let names = NameServer::serve(|_, _| Some((3, Vec::new()))).await;
    let fields = |conditions: &[&str]| json!({"kind": "dns", "resolver": names.address, "conditions": conditions});
    let report = run("gone.test", fields(&[])).await;
    assert_eq!(message(&report), "[DNS_RCODE] (NXDOMAIN) == NOERROR");
    let report = run("gone.test", fields(&["[DNS_RCODE] == NXDOMAIN"])).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
}

#[tokio::test]
async fn a_silent_name_server_is_a_timeout_and_a_forged_answer_is_not_taken() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("an address");
    let forger = async {
        let mut query = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut query).await {
            let mut forged = query[..length].to_vec();
            forged[0] ^= 0xff;
            forged[2] |= 0x80;
            let _ = socket.send_to(&forged, from).await;
        }
    };
    let fields = json!({"kind": "dns", "resolver": address, "timeout_ms": 2_000});
    let check = check("example.com", fields);
    let engine = crate::stage::engine();
    let report = tokio::select! {
        report = engine.run(&check, Duration::ZERO) => report,
        () = forger => unreachable!("it never ends"),
    };
    assert_eq!(report.reason, Some(Reason::Timeout), "{report:?}");
    assert_eq!(message(&report), "answer timeout after 2 s");
}

#[tokio::test]
async fn a_name_server_inside_is_not_asked_on_behalf_of_others() {
    let engine = start(Settings {
        allow: Vec::new(),
        ..settings()
    });
    for (kind, target, fields) in [
        ("dns", "example.com", json!({"resolver": "10.0.0.53:53"})),
        ("tcp", "127.0.0.1:22", json!({})),
        ("tls", "[::ffff:10.0.0.1]:443", json!({})),
        ("icmp", "169.254.169.254", json!({})),
        ("icmp", "64:ff9b::7f00:1", json!({})),
    ] {
        let mut fields = fields;
        fields["kind"] = json!(kind);
        let report = engine.run(&check(target, fields), Duration::ZERO).await;
        assert_eq!(
            report.reason,
            Some(Reason::Blocked),
            "{kind} {target}: {report:?}"
        );
    }
}

/// Where the system lets nobody ping, that has to be told; where it does, loopback answers.
#[tokio::test]
async fn loopback_answers_a_ping_or_the_prober_says_what_it_lacks() {
    let may_ping = may_ping();
    for target in ["127.0.0.1", "::1"] {
        let report = of_kind("icmp", target, json!({"count": 2})).await;
        if may_ping {
            assert_eq!(report.outcome, Outcome::Success, "{report:?}");
            assert!(report.timings.time_to_first_byte_ms > Some(0.0));
            assert_eq!(report.hops[0].ip.as_deref(), Some(target));
        } else {
            assert_eq!(report.outcome, Outcome::Missed, "{report:?}");
            assert!(message(&report).contains("net.ipv4.ping_group_range"));
        }
    }
}

/// By the system's own words: `CAP_NET_RAW` (bit 13) among the effective capabilities, or our group in the range.
fn may_ping() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.expect("a field").trim().to_owned()
    };
    let capabilities = u64::from_str_radix(&field("CapEff:"), 16).expect("a mask");
    let group: u64 = field("Gid:")
        .split_whitespace()
        .nth(1)
        .and_then(|it| it.parse().ok())
        .expect("a group");
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ping_group_range").expect("procfs");
    let range: Vec<u64> = range
        .split_whitespace()
        .map(|it| it.parse().expect("a number"))
        .collect();
    capabilities & (1 << 13) != 0 || (range[0]..=range[1]).contains(&group)
}

#[tokio::test]
async fn a_port_that_is_closed_is_refused_by_name() {
    let (_taken, address) = refusing();
    let report = of_kind("tcp", &address.to_string(), json!({})).await;
    assert_eq!(message(&report), format!("connection refused by {address}"));
    let wanted = json!({"conditions": ["[CONNECTED] == false"]});
    let report = of_kind("tcp", &address.to_string(), wanted).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
}
