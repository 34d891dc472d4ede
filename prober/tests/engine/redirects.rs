use contract::probe::{Outcome, Reason};
use serde_json::json;
use testkit::target::{Answer, Server};

use crate::stage::{assert_adds_up, message, run, sum};

#[tokio::test]
async fn a_chain_is_followed_and_every_hop_is_timed() {
    let [first, second, last] = [
        Server::http().await,
        Server::http().await,
        Server::http().await,
    ];
    first.answer(Answer::redirect(second.url("/b")));
    second.answer(Answer::redirect(last.url("/c")));
    let report = run(&first.url("/a"), json!({})).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.status_code, Some(200));
    let hops: Vec<_> = report
        .hops
        .iter()
        .map(|hop| (hop.url.clone(), hop.status_code))
        .collect();
    assert_eq!(
        hops,
        [
            (first.url("/a"), Some(302)),
            (second.url("/b"), Some(302)),
            (last.url("/c"), Some(200))
        ]
    );
    report
        .hops
        .iter()
        .for_each(|hop| assert_adds_up(&hop.timings));
    assert_adds_up(&report.timings);
    let hops: f64 = report.hops.iter().map(|hop| sum(&hop.timings)).sum();
    assert!((hops - sum(&report.timings)).abs() < 0.000_5, "{report:?}");
}

#[tokio::test]
async fn a_redirect_is_the_answer_when_it_is_not_to_be_followed() {
    let target = Server::http().await;
    target.answer(Answer::redirect("/elsewhere"));
    let report = run(&target.url("/"), json!({"follow_redirects": false})).await;
    assert_eq!(
        (report.outcome, report.status_code),
        (Outcome::Success, Some(302))
    );
    assert_eq!(report.hops.len(), 1);
}

#[tokio::test]
async fn a_circle_ends_after_ten_redirects() {
    let target = Server::http().await;
    target.answer(Answer::redirect("/"));
    let report = run(&target.url("/"), json!({})).await;
    assert_eq!(report.reason, Some(Reason::RedirectError));
    assert_eq!(message(&report), "more than 10 redirects");
    assert_eq!(report.hops.len(), 11);
}

#[tokio::test]
async fn only_http_is_followed() {
    let target = Server::http().await;
    target.answer(Answer::redirect("file:///etc/passwd"));
    let report = run(&target.url("/"), json!({})).await;
    assert_eq!(report.reason, Some(Reason::RedirectError));
    assert_eq!(message(&report), "redirected to file, which is not HTTP");
}
