//! Pages of other sites cannot act with a visitor's cookie: what changes something has to come from our own pages.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::problem::ProblemResponse;

/// Refuses state-changing requests that a browser sends on behalf of another site.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    if is_foreign(request.method(), request.uri(), request.headers()) {
        return ProblemResponse::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "this request came from another site",
        )
        .into_response();
    }
    next.run(request).await
}

/// Browsers say where a request comes from in `Sec-Fetch-Site` or `Origin`; programs say neither and carry no cookie by accident.
fn is_foreign(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return false;
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = header(ORIGIN.as_str()) else {
        return false;
    };
    let host = uri
        .authority()
        .map(ToString::to_string)
        .or_else(|| header(HOST.as_str()).map(str::to_owned));
    let origin = origin
        .split_once("://")
        .map(|(_, authority)| authority.to_owned());
    origin.is_none() || origin != host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.parse().expect("a name"),
                    value.parse().expect("a value"),
                )
            })
            .collect();
        is_foreign(method, &Uri::from_static("/fn/sign-out"), &headers)
    }

    #[test]
    fn another_site_cannot_post() {
        let host = ("host", "status.example:8080");
        for foreign in [
            &[host, ("sec-fetch-site", "cross-site")][..],
            &[host, ("sec-fetch-site", "same-site")],
            &[host, ("origin", "https://evil.example")],
            &[host, ("origin", "http://status.example")],
            &[host, ("origin", "null")],
        ] {
            assert!(judge(&Method::POST, foreign), "{foreign:?}");
            assert!(!judge(&Method::GET, foreign), "{foreign:?}");
        }
    }

    #[test]
    fn our_own_pages_and_programs_can_post() {
        let host = ("host", "status.example:8080");
        for own in [
            &[host, ("sec-fetch-site", "same-origin")][..],
            &[host, ("origin", "http://status.example:8080")],
            &[host],
        ] {
            assert!(!judge(&Method::POST, own), "{own:?}");
        }
    }
}
