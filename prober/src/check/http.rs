//! Kind `http`: a request, its redirects, and what came back.

mod exchange;
mod hop;
mod redirect;
mod request;
mod telemetry;

use std::collections::BTreeMap;
use std::time::Duration;

use contract::condition::{Condition, Facts};
use contract::monitor::Check;
use contract::monitor::check::Http;
use contract::probe::{Certificate, Reason};

use super::clock::{Budget, Phases};
use super::{Engine, Failure, Report, verdict};
use exchange::Answer;
use hop::{Hop, Terms};
use request::Request;

/// Redirects that are followed in one check.
const MAX_REDIRECTS: usize = 10;

pub(super) async fn run(
    engine: &Engine,
    check: &Check,
    settings: &Http,
    conditions: &[Condition],
    distance: Duration,
) -> Report {
    let terms = Terms {
        engine,
        budget: Budget::start(check.timeout_ms),
        distance,
        follow_redirects: settings.follow_redirects,
        body_limit: conditions
            .iter()
            .any(Condition::needs_body)
            .then_some(engine.body_limit_bytes),
    };
    let mut hops = Vec::new();
    let outcome = follow(&terms, settings, &mut hops).await;
    report(conditions, &hops, outcome)
}

/// The answer of the last hop. Every hop that was begun is in `hops`, whatever became of it.
async fn follow(
    terms: &Terms<'_>,
    settings: &Http,
    hops: &mut Vec<Hop>,
) -> Result<Answer, Failure> {
    let mut request = Request::of(settings)?;
    loop {
        let mut hop = Hop::to(&request.url);
        let answer = hop::travel(terms, &request, &mut hop).await;
        hops.push(hop);
        let answer = answer?;
        if !(terms.follow_redirects && redirect::leads_on(answer.status, &answer.headers)) {
            return Ok(answer);
        }
        if hops.len() > MAX_REDIRECTS {
            let message = format!("more than {MAX_REDIRECTS} redirects");
            return Err(Failure::new(Reason::RedirectError, message));
        }
        request = redirect::next(request, answer.status, &answer.headers)?;
    }
}

fn report(conditions: &[Condition], hops: &[Hop], outcome: Result<Answer, Failure>) -> Report {
    let (answer, failure) = match outcome {
        Ok(answer) => (Some(answer), None),
        Err(failure) => (None, Some(failure)),
    };
    let timings = hops
        .iter()
        .fold(Phases::default(), |sum, hop| sum + hop.phases)
        .timings();
    let last = hops.last();
    let status_code = last.and_then(|hop| hop.status);
    let certificate = hops
        .iter()
        .rev()
        .find_map(|hop| hop.session.as_ref()?.certificate());
    let facts = Facts {
        connected: last.is_some_and(Hop::is_connected),
        status: status_code,
        response_time_ms: timings.total_time_ms,
        ip: last
            .and_then(|hop| hop.address)
            .map(|address| address.ip().to_string()),
        certificate_expires_in_s: certificate.as_ref().map(expires_in_s),
        headers: headers(conditions, answer.as_ref()),
        body: answer.as_ref().and_then(|answer| answer.body.as_deref()),
        body_truncated: answer.as_ref().is_some_and(|answer| answer.truncated),
        ..Facts::default()
    };
    let (outcome, reason, message) = verdict::judge(conditions, &facts, failure);
    Report {
        outcome,
        reason,
        message,
        status_code,
        timings,
        hops: hops.iter().map(Hop::told).collect(),
        certificate,
    }
}

fn expires_in_s(certificate: &Certificate) -> i64 {
    (certificate.expires_at - service::now()).num_seconds()
}

/// Only where a condition asks for them. Values of a repeated header are joined, as a list may be.
fn headers(conditions: &[Condition], answer: Option<&Answer>) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::<String, String>::new();
    let wanted = conditions.iter().any(Condition::needs_headers);
    for (name, value) in answer.filter(|_| wanted).iter().flat_map(|it| &it.headers) {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    headers
}
