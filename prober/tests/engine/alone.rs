//! The program as a person starts it: a file, a console, and checks on demand.

use serde_json::{Value, json};
use testkit::target::{Answer, Server};
use testkit::{eventually, http};
use tokio::process::Command;

use crate::hostile::bomb;
use crate::program::{Alone, PATIENCE};
use crate::servers::Raw;

fn endpoint(name: &str, url: &str) -> String {
    format!("  - {{name: {name}, group: \"${{TARGET_GROUP}}\", url: \"{url}\", interval: 1s}}\n")
}

#[tokio::test]
async fn a_file_is_watched_and_its_changes_are_taken_up() {
    let (good, bad) = (Server::http().await, Server::http().await);
    bad.answer(Answer::status(503));
    let both = format!(
        "endpoints:\n{}{}",
        endpoint("good", &good.url("/")),
        endpoint("bad", &bad.url("/"))
    );
    let mut alone = Alone::start("watch", &both, &["--json"]).await;
    assert_eq!(alone.result("good").await["outcome"], "success");
    assert_eq!(alone.result("bad").await["message"], "[STATUS] (503) < 400");
    let (_, metrics) = eventually(PATIENCE, async || {
        let (status, metrics) = alone.get("/metrics").await;
        metrics
            .contains("name=\"bad\"")
            .then_some((status, metrics))
            .ok_or("not yet")
    })
    .await;
    for line in [
        r#"probe_success{name="good",group="core",kind="http"} 1"#,
        r#"probe_success{name="bad",group="core",kind="http"} 0"#,
        r#"monitor_status{name="good",group="core",kind="http"} 1"#,
        r#"probe_http_status_code{name="bad",group="core",kind="http"} 503"#,
    ] {
        assert!(metrics.lines().any(|it| it == line), "{line}\n{metrics}");
    }

    alone.rewrite("endpoints:\n  - name: good\n    url: gopher://x\n");
    let complaint = alone.complaint("has changed, but").await;
    assert!(complaint.contains("line 3"), "{complaint}");
    alone.result("good").await;

    alone.rewrite(&format!(
        "endpoints:\n{}",
        endpoint("new", &good.url("/new"))
    ));
    assert_eq!(alone.result("new").await["outcome"], "success");
    let (_, metrics) = alone.get("/metrics").await;
    assert!(!metrics.contains("name=\"bad\""), "{metrics}");
}

#[tokio::test]
async fn a_person_reads_one_line_a_check() {
    let good = Server::http().await;
    let file = format!("endpoints:\n{}", endpoint("good", &good.url("/")));
    let mut alone = Alone::start("console", &file, &[]).await;
    let line = alone.line("core/good").await;
    for part in ["✓", "200", " ms", "connect", "first byte"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(
        !line.contains('\x1b'),
        "no colours where nobody sees them: {line}"
    );
}

#[tokio::test]
async fn a_probe_answers_as_the_exporter_does() {
    let target = Server::http().await;
    let alone = Alone::start("probe", "endpoints: []", &[]).await;
    let (status, metrics) = alone
        .get(&format!(
            "/probe?module=http_2xx&target={}",
            target.url("/")
        ))
        .await;
    assert_eq!(status, 200, "{metrics}");
    for name in [
        "probe_success 1",
        "probe_http_status_code 200",
        "probe_http_version 1.1",
        "probe_ip_protocol 4",
        "probe_http_duration_seconds{phase=\"connect\"} 0.",
        "# TYPE probe_duration_seconds gauge",
    ] {
        assert!(metrics.contains(name), "{name}\n{metrics}");
    }
    target.answer(Answer::status(404));
    let (_, metrics) = alone
        .get(&format!("/probe?target={}", target.url("/")))
        .await;
    assert!(metrics.contains("probe_success 0\n"), "{metrics}");
    let address = target.address();
    let (_, metrics) = alone
        .get(&format!("/probe?module=tcp_connect&target={address}"))
        .await;
    assert!(metrics.contains("probe_success 1\n"), "{metrics}");
    let (_, story) = alone
        .get(&format!("/probe?debug=true&target={}", target.url("/")))
        .await;
    assert!(story.contains("[STATUS] (404) < 300"), "{story}");

    for (query, words) in [
        ("", "say what is probed"),
        ("?target=x&module=none", "there is no module none"),
        ("?target=x&module=tcp_connect", "must be a host and a port"),
    ] {
        let (status, body) = alone.get(&format!("/probe{query}")).await;
        assert!(status == 400 && body.contains(words), "{body}");
    }
    let (_, metrics) = alone.get("/probe?target=http://169.254.169.254/").await;
    assert!(metrics.contains("probe_success 0\n"), "{metrics}");
}

#[tokio::test]
async fn a_probe_ends_within_the_scrape() {
    let stalled = Raw::stalls("").await;
    let alone = Alone::start("scrape", "endpoints: []", &[]).await;
    let answer = http::client()
        .get(format!(
            "{}/probe?debug=true&target={}",
            alone.url,
            stalled.url()
        ))
        .header("x-prometheus-scrape-timeout-seconds", "0.6")
        .send()
        .await
        .expect("an answer");
    let story = answer.text().await.expect("text");
    assert!(story.contains("probe_success 0\n"), "{story}");
    assert!(
        story.contains("timeout after 300 ms"),
        "half of the scrape's time: {story}"
    );
    let took_s = story
        .lines()
        .find_map(|line| line.strip_prefix("probe_duration_seconds "));
    let took_s: f64 = took_s.and_then(|it| it.parse().ok()).expect("a duration");
    assert!(took_s >= 0.3, "{story}");
}

#[tokio::test]
async fn one_check_is_made_on_demand_for_who_shows_the_token() {
    let target = Server::http().await;
    let alone = Alone::start("once", "endpoints: []", &["--http-token", "t0ken"]).await;
    let ask = async |body: Value, token: &str| {
        let request = http::client().post(format!("{}/check", alone.url));
        let answer = request
            .bearer_auth(token)
            .body(body.to_string())
            .send()
            .await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON"))
    };
    let check = json!({"target": target.url("/"), "conditions": ["[STATUS] == 200"]});
    let (status, result) = ask(check.clone(), "t0ken").await;
    assert_eq!((status, &result["outcome"]), (200, &json!("success")));
    assert!(result["total_time_ms"].as_f64() > Some(0.0), "{result}");
    assert_eq!(result["hops"][0]["protocol"], "HTTP/1.1");
    assert_eq!(ask(check, "other").await.0, 401);
    let (status, problem) = ask(json!({"kind": "tcp", "target": "x"}), "t0ken").await;
    assert_eq!(status, 422, "{problem}");
    assert!(
        problem.to_string().contains("must be a host and a port"),
        "{problem}"
    );
    let patient = json!({"target": target.url("/"), "timeout_ms": 60_000});
    assert_eq!(ask(patient, "t0ken").await.0, 422);
    assert_eq!(ask(json!("x"), "t0ken").await.0, 400);
    let (_, blocked) = ask(json!({"target": "http://10.0.0.1/"}), "t0ken").await;
    assert_eq!(blocked["reason"], "blocked");
}

#[tokio::test]
async fn a_command_looks_once_and_shows_each_phase() {
    let target = Server::http().await;
    let check = async |more: &[&str]| {
        let command = Command::new(env!("CARGO_BIN_EXE_prober"))
            .args(["check", &target.url("/"), "--allow", "127.0.0.0/8"])
            .args(more)
            .output()
            .await;
        let output = command.expect("the program starts");
        let told =
            [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
        (output.status.success(), told.concat())
    };
    let (succeeded, told) = check(&[]).await;
    assert!(succeeded, "{told}");
    for part in [
        "127.0.0.1 · HTTP/1.1 · 200",
        "connect",
        "first byte",
        "█",
        "success in",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let (succeeded, told) = check(&["--condition", "[STATUS] == 404"]).await;
    assert!(
        !succeeded && told.contains("[STATUS] (200) == 404"),
        "{told}"
    );
    let (succeeded, told) = check(&["--set", "method=FETCH"]).await;
    assert!(!succeeded && told.contains("must be GET"), "{told}");
}

#[tokio::test]
async fn memory_stays_flat_whatever_targets_do() {
    let targets = [
        (
            "body",
            Raw::endless("HTTP/1.1 200 OK\r\n\r\n", "overseer ").await,
        ),
        (
            "head",
            Raw::endless("HTTP/1.1 200 OK\r\nx-long: ", "and so on ").await,
        ),
        (
            "headers",
            Raw::endless("HTTP/1.1 200 OK\r\n", "x-more: y\r\n").await,
        ),
        (
            "chunks",
            Raw::endless(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "1;x=y\r\na\r\n",
            )
            .await,
        ),
        ("bomb", bomb().await),
    ];
    let endpoint = |(name, target): &(&str, Raw)| {
        format!(
            "  - {{name: {name}, url: \"{}\", interval: 1s, conditions: ['[BODY] != x']}}\n",
            target.url()
        )
    };
    let endpoints: String = targets.iter().map(endpoint).collect();
    let file = format!("endpoints:\n{endpoints}");
    let mut alone = Alone::start("memory", &file, &["--json"]).await;
    let pid = alone.child.id().expect("it runs");
    for (name, _) in &targets {
        alone.result(name).await;
        alone.result(name).await;
    }
    let before = peak_kib(pid);
    for _ in 0..targets.len() * 8 {
        alone.line("\"outcome\"").await;
    }
    // The kernel counts roughly: the peak may be told a little lower than before.
    let grown = peak_kib(pid).saturating_sub(before);
    assert!(grown < 8_192, "grown by {grown} KiB from {before} KiB");
}

/// The most memory a process ever had at once.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("procfs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a number")
}
