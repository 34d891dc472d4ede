//! The protocols in which metrics may come. Adding one is adding a file here and a line in [`crate::routes`].

mod histogram;
pub(crate) mod influx;
pub(crate) mod json;
pub(crate) mod ndjson;
pub(crate) mod otlp;
pub(crate) mod remote_write;

use std::borrow::Cow;

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::problem::FieldError;
use service::problem::ProblemResponse;

use crate::inflate::Encoding;
use crate::judge::{Judge, Verdict};

/// How one protocol reads a push and words its answers. Everything in between is the same for all: [`crate::intake`].
pub(crate) trait Protocol: Sized + Send + Sync + 'static {
    /// What its samples are counted under.
    const NAME: &'static str;
    /// The content encodings it takes.
    const ENCODINGS: &'static [Encoding] = Encoding::USUAL;

    /// What the head of the request says about the body.
    fn negotiate(parts: &Parts) -> Result<Self, ProblemResponse>;

    /// Hands every sample of the body to the judge. Errors only when the push as a whole cannot be taken.
    fn read(&mut self, body: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse>;

    /// The answer after every accepted sample is safe.
    fn answer(&self, verdict: Verdict) -> Result<Response, ProblemResponse>;

    /// The answer to a push that was refused as a whole.
    fn refuse(_parts: &Parts, problem: ProblemResponse) -> Response {
        problem.into_response()
    }
}

/// The media type of a request, without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    content_type(headers)
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn unsupported(expected: &str) -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "the body has a type that is not taken here",
    )
    .errors(vec![FieldError::new(
        "content-type",
        format!("must be {expected}"),
    )])
}

fn unreadable(detail: impl Into<String>) -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::BAD_REQUEST,
        "unreadable",
        "the body cannot be read",
    )
    .detail(detail)
}

/// A problem as one line of plain text.
pub(crate) fn in_plain_words(problem: &ProblemResponse) -> Response {
    let mut response = (problem.status(), in_words(problem)).into_response();
    wait(problem, &mut response);
    response
}

/// Says when to try again, as the problem itself would.
pub(crate) fn wait(problem: &ProblemResponse, response: &mut Response) {
    if let Some(seconds) = problem.wait_s() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
}

pub(crate) fn in_words(problem: &ProblemResponse) -> String {
    let problem = problem.problem();
    let errors = problem.errors.iter();
    let errors = errors.map(|error| format!("{}: {}", error.field, error.reason));
    let words: Vec<_> = std::iter::once(problem.title.clone())
        .chain(errors)
        .chain(problem.detail.clone())
        .collect();
    words.join("; ").replace(['\r', '\n'], " ")
}

/// The rejected ones in one line: the first of them and how many there are. `things` is what was pushed, in the plural.
pub(crate) fn rejected_in_words(verdict: &Verdict, things: &str) -> String {
    let Verdict {
        accepted,
        skipped,
        rejected,
    } = verdict;
    let Some(first) = rejected.first() else {
        return String::new();
    };
    format!(
        "{} of {} {things} were rejected; the first is {} {}: {} {}",
        rejected.len(),
        rejected.len() + accepted + skipped,
        things.trim_end_matches('s'),
        first.index,
        first.field,
        first.reason
    )
}

/// A name of another naming scheme by our rule: what may not be in a name becomes `_`.
fn valid_name(name: &str) -> Cow<'_, str> {
    if contract::metric::metric_name(name).is_ok() {
        return Cow::Borrowed(name);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.');
    let mut valid: String = name
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    if valid.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        valid.insert(0, '_');
    }
    Cow::Owned(valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_by_the_rule() {
        for (name, valid) in [
            ("http.request.method", "http.request.method"),
            ("k8s/pod-name", "k8s_pod_name"),
            ("9lives", "_9lives"),
            ("größe", "gr__e"),
            ("", ""),
        ] {
            assert_eq!(valid_name(name), valid);
        }
    }
}
