//! What was typed into a form is not lost when it is refused: without a script the answer is a redirect back to the page, and
//! takes what was posted along in the query parameter `typed`.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::response::Response;

/// Longest form that is taken along. Longer ones would not fit into a URL everywhere.
const KEPT_BYTES: usize = 8 * 1024;
/// Fields whose name holds one of these never appear in a URL.
const SECRET: [&str; 4] = ["password", "secret", "token", "auth"];

/// Answers a request, and keeps what was posted where the answer sends back to a form.
pub(crate) async fn keep<F>(request: Request, answer: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    if !is_form(&request) {
        return answer(request).await;
    }
    let (head, body) = request.into_parts();
    // The limit of the whole route cuts off what is longer.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return answer(Request::from_parts(head, Body::empty())).await;
    };
    let request = Request::from_parts(head, Body::from(body.clone()));
    let mut response = answer(request).await;
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|value| with(value.to_str().ok()?, &body));
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// A form that a browser posted without a script.
fn is_form(request: &Request) -> bool {
    let holds = |name, part: &str| {
        let value = request.headers().get(name);
        value.is_some_and(|value| value.to_str().is_ok_and(|text| text.contains(part)))
    };
    holds(CONTENT_TYPE, "application/x-www-form-urlencoded") && holds(ACCEPT, "text/html")
}

/// Where a refused form is sent back to, with what was typed.
fn with(location: &str, body: &Bytes) -> Option<HeaderValue> {
    if body.len() > KEPT_BYTES || !location.contains("__err=") {
        return None;
    }
    let (path, query) = location.split_once('?')?;
    // What was typed before is in the query still.
    let query = query.split('&').filter(|pair| !pair.starts_with("typed="));
    let query = query.collect::<Vec<_>>().join("&");
    let typed = std::str::from_utf8(body).ok()?.split('&');
    let typed = typed.filter(|pair| !is_secret(pair)).collect::<Vec<_>>();
    let typed = escape(&typed.join("&"));
    HeaderValue::from_str(&format!("{path}?{query}&typed={typed}")).ok()
}

fn is_secret(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

/// A form is ASCII already; only what has a meaning in a query is left to be escaped.
fn escape(form: &str) -> String {
    form.replace('%', "%25")
        .replace('&', "%26")
        .replace('=', "%3D")
        .replace('+', "%2B")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(of: &str, body: &str) -> Option<String> {
        let value = with(of, &Bytes::copy_from_slice(body.as_bytes()))?;
        Some(value.to_str().expect("text").to_owned())
    }

    #[test]
    fn what_was_typed_comes_back_except_secrets() {
        let back = location(
            "http://a/d/acme/monitors/new?__path=x&__err=y&typed=old",
            "form%5Bname%5D=a+b&form%5Bsecret%5D=s&password=p",
        );
        assert_eq!(
            back.as_deref(),
            Some("http://a/d/acme/monitors/new?__path=x&__err=y&typed=form%255Bname%255D%3Da%2Bb")
        );
    }

    #[test]
    fn what_went_well_or_is_too_long_is_left_alone() {
        assert_eq!(location("/d/acme", "a=b"), None);
        assert_eq!(
            location("/d/acme?__err=x", &"a".repeat(KEPT_BYTES + 1)),
            None
        );
    }
}
