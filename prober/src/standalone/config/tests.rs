use std::time::Duration;

use contract::monitor::Kind;

use super::{Config, parse};

const GATUS: &str = r#"
metrics: true
endpoints:
  - name: website
    group: core
    url: "https://example.com/health"
    method: POST
    headers:
      X-Token: "${TOKEN}"
    body: '{"ping": 1}'
    interval: 1m30s
    conditions:
      - "[STATUS] == 200"
      - "[BODY].status == UP"
      - "[RESPONSE_TIME] < 300"
    client:
      timeout: 5s
      insecure: true
      ignore-redirect: true
    alerts:
      - type: slack
        failure-threshold: 3
        success-threshold: 2
        send-on-resolved: true
  - name: database
    url: tcp://10.0.0.5:5432
  - name: names
    url: 192.0.2.53
    dns:
      query-name: example.com
      query-type: MX
    conditions: ["[DNS_RCODE] == NOERROR"]
  - {name: door, url: "icmp://192.0.2.1", interval: 10s}
  - {name: mail, url: "tls://mail.example.com:465"}
  - {name: asleep, url: "http://example.com", enabled: false}
modules:
  teapot:
    prober: http
    timeout: 2s
    http: {method: GET, valid_status_codes: [418, 200]}
"#;

fn read(text: &str) -> Result<Config, String> {
    let variable = |name: &str| (name == "TOKEN").then(|| "secret".to_owned());
    parse(text, variable).map_err(|error| error.to_string())
}

#[test]
fn a_file_of_gatus_is_read() {
    let config = read(GATUS).expect("readable");
    let keys: Vec<String> = config.endpoints.iter().map(super::Endpoint::key).collect();
    assert_eq!(keys, ["core/website", "database", "names", "door", "mail"]);
    let website = &config.endpoints[0];
    let Kind::Http(http) = &website.check.kind else {
        panic!("{website:?}")
    };
    assert_eq!(
        (http.method.as_str(), http.headers["X-Token"].as_str()),
        ("POST", "secret")
    );
    assert!(http.insecure && !http.follow_redirects);
    assert_eq!(
        (website.check.timeout_ms, website.interval),
        (5_000, Duration::from_secs(90))
    );
    assert_eq!(
        (website.failure_threshold, website.success_threshold),
        (3, 2)
    );
    let kinds: Vec<&str> = config
        .endpoints
        .iter()
        .map(|it| it.check.kind.as_str())
        .collect();
    assert_eq!(kinds, ["http", "tcp", "dns", "icmp", "tls"]);
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
    let teapot = &config.modules["teapot"];
    let check = teapot
        .check("example.com", Duration::from_secs(9))
        .expect("a check");
    assert_eq!(
        (check.target(), check.timeout_ms),
        ("http://example.com", 2_000)
    );
    assert_eq!(check.conditions, ["[STATUS] == any(418, 200)"]);
}

#[test]
fn a_mistake_is_told_with_its_line() {
    for (text, place, words) in [
        (
            "endpoints:\n  - name: a\n    url: ftp://x",
            "line 3",
            "ftp:// is not offered",
        ),
        (
            "endpoints:\n  - name: a\n    url: example.com",
            "line 3",
            "begin with http://",
        ),
        (
            "endpoints:\n  - name: a\n    url: http://x\n    conditions:\n      - '[STATUS] == 200'\n      - '[STATSU] == 200'",
            "line 6",
            "character 1: [STATSU] is not known",
        ),
        (
            "endpoints:\n  - name: a\n    url: tcp://x:1\n    conditions: ['[STATUS] == 200']",
            "line 4",
            "a check of kind tcp never knows [STATUS]",
        ),
        (
            "endpoints:\n  - name: a\n    url: http://x\n    ssh: {}",
            "line 4",
            "ssh",
        ),
        (
            "endpoints:\n  - name: a\n    url: http://x\n    interval: soon",
            "line 4",
            "is not a duration",
        ),
        (
            "endpoints:\n  - name: a\n    url: http://x\n    interval: 10ms",
            "line 4",
            "at least 1s",
        ),
        (
            "endpoints:\n  - name: a\n    url: http://x\n    headers: {'a b': c}",
            "line 2",
            "is not a header's name",
        ),
        (
            "endpoints:\n  - {name: a, url: http://x}\n  - {name: a, url: http://y}",
            "line 3",
            "already",
        ),
        ("alerting: {}\nendpoints: []", "line 1", "alerting"),
        (
            "endpoints:\n  - name: ${NOBODY}",
            "line 2",
            "no variable NOBODY",
        ),
        ("endpoints:\n\t- x", "line 2", ""),
    ] {
        let error = read(text).expect_err(text);
        assert!(
            error.contains(place) && error.contains(words),
            "{text}\n{error}"
        );
    }
}

#[test]
fn predefined_modules_judge_their_target() {
    let config = read("endpoints: []").expect("readable");
    let most = Duration::from_secs(5);
    for (module, target, kind) in [
        ("http_2xx", "example.com", "http"),
        ("http_post_2xx", "https://example.com/x", "http"),
        ("tcp_connect", "example.com:22", "tcp"),
        ("tls_connect", "example.com:443", "tls"),
        ("icmp", "192.0.2.1", "icmp"),
        ("dns_udp", "192.0.2.53", "dns"),
    ] {
        let check = config.modules[module].check(target, most).expect(module);
        assert_eq!((check.kind.as_str(), check.timeout_ms), (kind, 5_000));
    }
    for (module, target) in [
        ("tcp_connect", "example.com"),
        ("icmp", "a b"),
        ("dns_udp", "x y"),
    ] {
        config.modules[module]
            .check(target, most)
            .expect_err(module);
    }
}
