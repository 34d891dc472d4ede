//! What was typed into a form is not lost when it is refused: without a script the answer is a redirect back to the page, and
//! takes what was posted along in the query parameter `typed`.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Query, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, Uri};
use axum::response::Response;

use crate::view::address::{escape, without_user};

/// Longest form that is taken along. Longer ones would not fit into a URL everywhere.
const KEPT_BYTES: usize = 8 * 1024;
/// Fields whose name holds one of these never appear in a URL: passwords (a changed one is `new`, in place of the `current`)
/// and keys, what a monitor sends along, and where a channel leads, since whoever knows that may be let in.
const SECRET: [&str; 11] = [
    "password", "current", "new", "secret", "token", "auth", "header", "body", "send", "url",
    "topic",
];
/// The forms whose `body` is for everybody to read: it is what is told of an incident.
const TOLD: &str = "incident-form";

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
    let typed = pairs(body)?.into_iter();
    let typed = typed.filter(|(name, _)| !is_secret(name, &query));
    let typed: Vec<String> = typed.map(|(name, value)| write(&name, &value)).collect();
    let typed = escape(&typed.join("&"));
    HeaderValue::from_str(&format!("{path}?{query}&typed={typed}")).ok()
}

/// The fields of a form, in their order.
fn pairs(body: &Bytes) -> Option<Vec<(String, String)>> {
    let form = std::str::from_utf8(body).ok()?;
    let uri: Uri = format!("/?{form}").parse().ok()?;
    let Query(pairs) = Query::try_from_uri(&uri).ok()?;
    Some(pairs)
}

/// Whether a field is left out of the query that tells which form was refused.
fn is_secret(name: &str, query: &str) -> bool {
    let name = name.to_lowercase();
    let told = name.contains("body") && query.contains(TOLD);
    !told && SECRET.iter().any(|word| name.contains(word))
}

fn write(name: &str, value: &str) -> String {
    let value = if name.contains("target") {
        without_user(value)
    } else {
        value.to_owned()
    };
    format!("{}={}", escape(name), escape(&value))
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
            Some(
                "http://a/d/acme/monitors/new?__path=x&__err=y&typed=form%255Bname%255D%3Da%2520b"
            )
        );
    }

    #[test]
    fn what_a_monitor_sends_and_where_a_channel_leads_stay_out_of_the_address() {
        let back = |path: &str, body: &str| {
            let refused = format!("/d/acme/x?__path=%2Ffn%2F{path}&__err=y");
            location(&refused, body).expect("an address")
        };
        for field in ["headers", "body", "send", "url", "topic", "secret"] {
            let body = format!("form%5Bname%5D=a&form%5B{field}%5D=canary");
            let back = back("save-monitor-form", &body);
            assert!(back.ends_with("form%255Bname%255D%3Da"), "{back}");
        }
        let target = "form%5Btarget%5D=https%3A%2F%2Fann%3Acanary%40example.com%2F";
        let monitor = back("save-monitor-form", target);
        assert!(!monitor.contains("canary"), "{monitor}");
        assert!(monitor.ends_with("https%253A//example.com/"), "{monitor}");
        let password = back("change-password", "current=canary&new=canary");
        assert!(!password.contains("canary"), "{password}");
        let told = back("create-incident-form", "form%5Bbody%5D=all");
        assert!(told.ends_with("form%255Bbody%255D%3Dall"), "{told}");
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
