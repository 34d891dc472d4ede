//! Kind `http`: a request, its redirects, and what came back.

mod coding;
mod exchange;
mod redirect;
mod request;
mod telemetry;
mod travel;

use std::collections::BTreeMap;

use contract::monitor::check::http::{Http, HttpVersion};
use contract::probe::Reason;

use super::Failure;
use super::findings::Findings;
use super::hop::Hop;
use super::look::Look;
use exchange::Answer;
use request::Request;

/// Redirects that are followed in one check.
const MAX_REDIRECTS: usize = 10;

/// What holds for every hop of a check.
struct Terms<'a> {
    look: &'a Look<'a>,
    follow_redirects: bool,
    version: HttpVersion,
    insecure: bool,
    /// How much of the body is read; `None` for nothing.
    body_limit: Option<usize>,
}

pub(super) async fn look(look: &Look<'_>, settings: &Http) -> Findings {
    let own_limit = settings.max_body_bytes.map_or(usize::MAX, |it| it as usize);
    let terms = Terms {
        look,
        follow_redirects: settings.follow_redirects,
        version: settings.http_version,
        insecure: settings.insecure,
        body_limit: look
            .wants_body
            .then_some(look.engine.body_limit_bytes.min(own_limit)),
    };
    let mut hops = Vec::new();
    match follow(&terms, settings, &mut hops).await {
        Ok(answer) => Findings {
            hops,
            headers: headers(look, &answer),
            content_length: answer.content_length(),
            body: answer.body,
            truncated: answer.truncated,
            ..Findings::default()
        },
        Err(failure) => Findings {
            hops,
            failure: Some(failure),
            ..Findings::default()
        },
    }
}

/// The answer of the last hop. Every hop that was begun is in `hops`, whatever became of it.
async fn follow(
    terms: &Terms<'_>,
    settings: &Http,
    hops: &mut Vec<Hop>,
) -> Result<Answer, Failure> {
    let mut request = Request::of(settings)?;
    loop {
        let mut hop = Hop::to(request.url.as_str());
        let answer = travel::travel(terms, &request, &mut hop).await;
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

/// Only where a condition asks for them. Values of a repeated header are joined, as a list may be.
fn headers(look: &Look<'_>, answer: &Answer) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::<String, String>::new();
    if !look.wants_headers {
        return headers;
    }
    for (name, value) in &answer.headers {
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
