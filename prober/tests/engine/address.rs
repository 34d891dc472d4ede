use std::time::Duration;

use contract::probe::{Outcome, Reason};
use prober::check::Settings;
use serde_json::json;
use testkit::target::{Answer, Server};

use crate::stage::{check, message, run, start};

#[tokio::test]
async fn a_redirect_to_a_metadata_address_is_blocked() {
    let target = Server::http().await;
    target.answer(Answer::redirect("http://169.254.169.254/latest/meta-data/"));
    let report = run(&target.url("/"), json!({})).await;
    assert_eq!(
        (report.outcome, report.reason),
        (Outcome::Failure, Some(Reason::Blocked))
    );
    assert_eq!(
        message(&report),
        "169.254.169.254 is a cloud metadata address, and only public addresses may be dialled"
    );
    assert_eq!(report.hops.len(), 2);
    assert_eq!(report.hops[1].ip, None);
}

#[tokio::test]
async fn no_disguise_of_a_loopback_address_is_dialled() {
    let target = Server::http().await;
    let port = target.address().port();
    let strict = start(Settings::default());
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::1]",
        "localhost",
        "0.0.0.0",
    ] {
        let url = format!("http://{host}:{port}/");
        let report = strict.run(&check(&url, json!({})), Duration::ZERO).await;
        assert_eq!(report.reason, Some(Reason::Blocked), "{host}: {report:?}");
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_block_is_never_what_was_wanted() {
    let strict = start(Settings::default());
    let check = check(
        "http://127.0.0.1:9/",
        json!({"conditions": ["[CONNECTED] == false"]}),
    );
    let report = strict.run(&check, Duration::ZERO).await;
    assert_eq!(
        (report.outcome, report.reason),
        (Outcome::Failure, Some(Reason::Blocked))
    );
}
