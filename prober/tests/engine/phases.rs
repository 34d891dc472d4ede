use std::time::Duration;

use contract::probe::{Outcome, Reason};
use serde_json::json;
use testkit::target::{Answer, Server};

use crate::stage::{assert_adds_up, check, engine, message, run};

const DELAY: Duration = Duration::from_millis(60);
const DELAY_MS: f64 = 60.0;

#[tokio::test]
async fn a_plain_answer_has_its_phases_and_they_add_up() {
    let target = Server::http().await;
    let report = run(&target.url("/health"), json!({})).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.status_code, Some(200));
    assert_eq!((report.reason, &report.message), (None, &None));
    let timings = report.timings;
    assert_eq!(
        (timings.dns_lookup_ms, timings.tls_handshake_ms),
        (None, None)
    );
    assert!(timings.tcp_connect_ms > Some(0.0) && timings.time_to_first_byte_ms > Some(0.0));
    assert_adds_up(&timings);
    let [hop] = report.hops.as_slice() else {
        panic!("{:?}", report.hops)
    };
    assert_eq!(hop.ip.as_deref(), Some("127.0.0.1"));
    assert_eq!(hop.protocol.as_deref(), Some("HTTP/1.1"));
    assert_eq!(hop.url, target.url("/health"));
    assert_eq!(hop.timings, timings);
}

#[tokio::test]
async fn a_name_of_the_hosts_file_is_looked_up() {
    let target = Server::http().await;
    let url = format!("http://localhost:{}/", target.address().port());
    let report = run(&url, json!({})).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(report.timings.dns_lookup_ms.is_some());
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn a_delay_is_found_in_its_own_phase() {
    let target = Server::http().await;
    target.answer(Answer {
        first_byte_delay: DELAY,
        transfer_delay: DELAY * 2,
        ..Answer::default()
    });
    let report = run(
        &target.url("/"),
        json!({"conditions": ["[BODY] == all is well"]}),
    )
    .await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(
        report.timings.time_to_first_byte_ms >= Some(DELAY_MS),
        "{report:?}"
    );
    // A busy machine may notice the first byte late, and then the transfer is shorter by as much.
    let answer_ms = [
        report.timings.time_to_first_byte_ms,
        report.timings.transfer_ms,
    ];
    assert!(
        answer_ms.into_iter().flatten().sum::<f64>() >= DELAY_MS * 3.0,
        "{report:?}"
    );
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn the_body_is_not_read_unless_a_condition_looks_at_it() {
    let target = Server::http().await;
    target.answer(Answer {
        transfer_delay: Duration::from_hours(1),
        ..Answer::default()
    });
    let report = run(&target.url("/"), json!({})).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
}

#[tokio::test]
async fn conditions_decide_and_say_what_they_saw() {
    let target = Server::http().await;
    target.answer(Answer {
        status: 503,
        headers: vec![("x-build", "17".to_owned())],
        body: r#"{"status":"DOWN"}"#.into(),
        ..Answer::default()
    });
    let fields =
        json!({"conditions": ["[STATUS] == 200", "[BODY].status == UP", "[HEADER].x-build == 17"]});
    let report = run(&target.url("/"), fields).await;
    assert_eq!(report.outcome, Outcome::Failure);
    assert_eq!(report.reason, Some(Reason::Status));
    assert_eq!(
        message(&report),
        "[STATUS] (503) == 200; [BODY].status (DOWN) == UP"
    );
    let report = run(&target.url("/"), json!({})).await;
    assert_eq!(message(&report), "[STATUS] (503) < 400");
}

#[tokio::test]
async fn a_condition_that_cannot_be_read_is_nobodys_failure() {
    let report = run(
        "http://127.0.0.1:9/",
        json!({"conditions": ["[FUTURE] == 1"]}),
    )
    .await;
    assert_eq!(report.outcome, Outcome::Missed);
    assert!(
        message(&report).contains("[FUTURE] is not known"),
        "{report:?}"
    );
}

#[tokio::test]
async fn method_headers_and_body_arrive() {
    let target = Server::http().await;
    let fields = json!({"method": "POST", "body": "ping", "headers": {"X-Token": "t"}});
    let report = run(&target.url("/hook?a=b"), fields).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    let requests = target.requests();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(
        (
            request.method().as_str(),
            request.uri().to_string().as_str()
        ),
        ("POST", "/hook?a=b")
    );
    assert_eq!(request.headers()["x-token"], "t");
    assert_eq!(request.headers()["content-length"], "4");
    assert_eq!(request.headers()["host"], target.address().to_string());
    assert!(!request.headers().contains_key("traceparent"));
}

#[tokio::test]
async fn a_simulated_distance_is_found_in_every_exchange() {
    let target = Server::http().await;
    let report = engine()
        .run(&check(&target.url("/"), json!({})), DELAY)
        .await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(
        report.timings.tcp_connect_ms >= Some(DELAY_MS),
        "{report:?}"
    );
    assert!(
        report.timings.time_to_first_byte_ms >= Some(DELAY_MS),
        "{report:?}"
    );
    assert_adds_up(&report.timings);
}
