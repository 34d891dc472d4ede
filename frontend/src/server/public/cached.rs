//! Answers that may be kept for a short while and asked for again by their tag.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use xxhash_rust::xxh3::xxh3_128;

/// How long an answer may be shown without asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// By anybody.
    Public { seconds: u32 },
    /// By nobody: it was for this visitor alone.
    Never,
}

impl Keep {
    /// What belongs to a page is for everybody, unless a password was needed.
    pub(crate) fn page(locked: bool, seconds: u32) -> Self {
        if locked {
            Self::Never
        } else {
            Self::Public { seconds }
        }
    }

    fn header(self) -> HeaderValue {
        let text = match self {
            Self::Public { seconds } => format!("public, max-age={seconds}"),
            Self::Never => "private, no-store".to_owned(),
        };
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("no-store"))
    }
}

/// A document for programs, which pages of other sites may read, too.
pub(crate) fn document(
    asked: &HeaderMap,
    media_type: &'static str,
    body: Vec<u8>,
    keep: Keep,
) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    complete(asked, response, body, keep)
}

/// Gives an answer its body and tag, or says that the asker has it already.
pub(crate) fn complete(
    asked: &HeaderMap,
    response: Response,
    body: Vec<u8>,
    keep: Keep,
) -> Response {
    unless_known(&known(asked), tagged(response, body, keep))
}

/// The tags of what the asker has already, as they were sent.
pub(crate) fn known(asked: &HeaderMap) -> Vec<HeaderValue> {
    asked.get_all(IF_NONE_MATCH).iter().cloned().collect()
}

/// Gives an answer its body and tag.
pub(crate) fn tagged(mut response: Response, body: Vec<u8>, keep: Keep) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, keep.header());
    if let Ok(tag) = HeaderValue::from_str(&tag(&body)) {
        headers.insert(ETAG, tag);
    }
    *response.body_mut() = Body::from(body);
    response
}

/// The answer, or that its tag is among those that the asker knows.
pub(crate) fn unless_known(known: &[HeaderValue], mut response: Response) -> Response {
    let tag = response
        .headers()
        .get(ETAG)
        .and_then(|tag| tag.to_str().ok());
    let is_known = tag.is_some_and(|tag| {
        let mut lists = known.iter().filter_map(|value| value.to_str().ok());
        lists.any(|list| is_among(tag, list))
    });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    response
}

/// Weak, since the body may be compressed on its way.
fn tag(body: &[u8]) -> String {
    format!("W/\"{:032x}\"", xxh3_128(body))
}

fn is_among(tag: &str, list: &str) -> bool {
    let opaque = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|one| opaque(one) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_already_is_not_sent_again() {
        let keep = Keep::Public { seconds: 30 };
        let answer = |asked: &HeaderMap| document(asked, "text/plain", b"a".to_vec(), keep);
        let first = answer(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[ETAG].to_str().expect("text").to_owned();
        for known in [tag.clone(), format!("\"x\", {tag}"), "*".to_owned()] {
            let value = HeaderValue::from_str(&known).expect("a header");
            let asked = HeaderMap::from_iter([(IF_NONE_MATCH, value)]);
            assert_eq!(answer(&asked).status(), StatusCode::NOT_MODIFIED, "{known}");
        }
        let other = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"x\""))]);
        assert_eq!(answer(&other).status(), StatusCode::OK);
    }
}
