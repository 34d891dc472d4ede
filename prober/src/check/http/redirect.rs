//! Where a redirect leads, and what may be said there.

use bytes::Bytes;
use contract::probe::Reason;
use http::header::{self, HeaderMap, HeaderName};
use http::{Method, StatusCode};
use url::Url;

use super::request::{Request, hide_credentials};
use crate::check::Failure;

/// What another origin gets to see of a monitor's headers: any other may carry a secret.
const HARMLESS: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::USER_AGENT];
const OF_THE_BODY: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
];

/// Whether the answer sends us elsewhere.
pub(super) fn leads_on(status: StatusCode, headers: &HeaderMap) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) && headers.contains_key(header::LOCATION)
}

/// The request that a redirect asks for.
pub(super) fn next(
    mut request: Request,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Request, Failure> {
    let url = target(&request.url, headers)?;
    if url.origin() != request.url.origin() {
        let harmless = |name: &HeaderName| HARMLESS.contains(name);
        request.headers = request
            .headers
            .into_iter()
            .filter_map(|(name, value)| Some((name.filter(harmless)?, value)))
            .collect();
        request.propagate_trace = false;
    }
    let becomes_get = match status {
        StatusCode::SEE_OTHER => request.method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        request.method = Method::GET;
        request.body = Bytes::new();
        for name in OF_THE_BODY {
            request.headers.remove(name);
        }
    }
    request.url = url;
    Ok(request)
}

fn target(from: &Url, headers: &HeaderMap) -> Result<Url, Failure> {
    let failed = |message| Failure::new(Reason::RedirectError, message);
    let location = headers
        .get(header::LOCATION)
        .map(|location| String::from_utf8_lossy(location.as_bytes()))
        .unwrap_or_default();
    let mut url = from
        .join(&location)
        .map_err(|error| failed(format!("redirected to something that is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(failed(format!(
            "redirected to {}, which is not HTTP",
            url.scheme()
        )));
    }
    hide_credentials(&mut url);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn redirected(status: u16, method: &str, location: &str) -> Result<Request, Failure> {
        let check = serde_json::json!({
            "target": "https://example.com/a/b", "method": method, "body": "x", "propagate_trace": true,
            "headers": {"x-api-key": "secret", "accept-language": "de", "content-type": "text/plain"},
        });
        let request = Request::of(&serde_json::from_value(check).expect("a check"))?;
        let location = HeaderValue::try_from(location).expect("a header");
        let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
        next(
            request,
            StatusCode::from_u16(status).expect("a status"),
            &headers,
        )
    }

    #[test]
    fn methods_change_as_browsers_do_it() {
        for (status, method, becomes, body) in [
            (301, "POST", "GET", ""),
            (302, "POST", "GET", ""),
            (302, "PUT", "PUT", "x"),
            (303, "PUT", "GET", ""),
            (303, "HEAD", "HEAD", "x"),
            (307, "POST", "POST", "x"),
            (308, "POST", "POST", "x"),
        ] {
            let next = redirected(status, method, "/c").expect("a request");
            assert_eq!(
                (next.method.as_str(), &next.body[..]),
                (becomes, body.as_bytes()),
                "{status} {method}"
            );
            assert_eq!(next.url.as_str(), "https://example.com/c");
        }
    }

    #[test]
    fn another_origin_learns_no_secret() {
        for elsewhere in [
            "https://example.org/",
            "http://example.com/",
            "https://example.com:8443/",
            "//example.org",
        ] {
            let next = redirected(307, "GET", elsewhere).expect("a request");
            assert!(!next.headers.contains_key("x-api-key"), "{elsewhere}");
            assert!(next.headers.contains_key("accept-language"), "{elsewhere}");
            assert!(!next.propagate_trace, "{elsewhere}");
        }
        let same = redirected(307, "GET", "c").expect("a request");
        assert_eq!(same.headers["x-api-key"], "secret");
        assert_eq!(same.url.as_str(), "https://example.com/a/c");
    }

    #[test]
    fn only_http_is_followed() {
        for location in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "http://[::",
            "javascript:1",
        ] {
            let failure = redirected(302, "GET", location).expect_err(location);
            assert_eq!(failure.reason, Reason::RedirectError, "{location}");
        }
    }
}
