//! Hosts of pages' own: below the base domain, or verified. There `/` is the page, and nothing else of this site exists.

mod found;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bus::Bus;
use contract::page::Address;
use contract::rpc::Error;
use service::problem::ProblemResponse;
use tower::ServiceExt;

use super::public::place::{Hidden, path_of};
use found::Found;

/// Whose a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// Where dashboards are, and pages by their path.
    Site,
    Page(Address),
    /// Some domain, which a page may have verified.
    Other(String),
}

#[derive(Clone)]
pub(crate) struct Hosts {
    /// The site as if it were asked at its own host.
    site: Router,
    base: Option<Arc<str>>,
    found: Found,
}

impl Hosts {
    pub(crate) fn new(site: Router, base: Option<&str>, bus: Bus) -> Self {
        Self {
            site,
            base: base.map(Arc::from),
            found: Found::new(bus),
        }
    }
}

/// Answers at a page's own host; all others go on.
pub(crate) async fn dispatch(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let Some(base) = &hosts.base else {
        return next.run(request).await;
    };
    let at = match host_of(&name(request.headers(), request.uri()), base) {
        Host::Site => return next.run(request).await,
        Host::Page(at) => Ok(at),
        Host::Other(name) => hosts.found.find(&name).await,
    };
    match at {
        Ok(at) => below(&hosts, &at, request).await,
        Err(Error::NotFound { .. }) => nothing(),
        Err(error) => ProblemResponse::from(error).into_response(),
    }
}

/// The page's part of the site. Assets are the same everywhere.
async fn below(hosts: &Hosts, at: &Address, mut request: Request) -> Response {
    let hidden = path_of(at);
    // What was learned of the path before: it would be taken for parameters of the one that it is moved to.
    request.extensions_mut().clear();
    if !request.uri().path().starts_with("/assets/") {
        let Some(uri) = moved(request.uri(), &hidden) else {
            return nothing();
        };
        *request.uri_mut() = uri;
        request.extensions_mut().insert(Hidden(hidden));
    }
    let Ok(response) = hosts.site.clone().oneshot(request).await;
    response
}

fn moved(uri: &Uri, below: &str) -> Option<Uri> {
    let path = uri.path().trim_end_matches('/');
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let moved: PathAndQuery = format!("{below}{path}{query}").parse().ok()?;
    Some(Uri::from(moved))
}

fn nothing() -> Response {
    let title = "there is no page at this domain";
    ProblemResponse::new(StatusCode::NOT_FOUND, "not_found", title).into_response()
}

fn name(headers: &HeaderMap, uri: &Uri) -> String {
    let header = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = uri.authority().map(Authority::as_str).or(header);
    let parsed: Option<Authority> = authority.and_then(|text| text.parse().ok());
    let host = parsed.map(|authority| authority.host().to_lowercase());
    host.unwrap_or_default().trim_end_matches('.').to_owned()
}

fn host_of(name: &str, base: &str) -> Host {
    let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if name == base || is_address || !name.contains('.') {
        return Host::Site;
    }
    let Some(label) = name
        .strip_suffix(base)
        .and_then(|rest| rest.strip_suffix('.'))
    else {
        return Host::Other(name.to_owned());
    };
    // A page's name holds no `--`, so the first one ends it.
    let (page, tenant) = match label.split_once("--") {
        Some((page, tenant)) => (Some(page.parse()), tenant.parse()),
        None => (None, label.parse()),
    };
    match (page.transpose(), tenant) {
        (Ok(page), Ok(tenant)) => Host::Page(Address { tenant, page }),
        _ => Host::Other(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_sites_a_pages_or_unknown() {
        let told = |name| host_of(name, "status.example.org");
        for own in [
            "status.example.org",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "frontend",
            "",
        ] {
            assert_eq!(told(own), Host::Site, "{own}");
        }
        let page = |tenant: &str, page: Option<&str>| {
            Host::Page(Address {
                tenant: tenant.parse().expect("a slug"),
                page: page.map(|page| page.parse().expect("a slug")),
            })
        };
        assert_eq!(told("acme.status.example.org"), page("acme", None));
        assert_eq!(
            told("eu--acme.status.example.org"),
            page("acme", Some("eu"))
        );
        for other in [
            "a.b.status.example.org",
            "evilstatus.example.org",
            "acme.example.com",
        ] {
            assert_eq!(told(other), Host::Other(other.to_owned()), "{other}");
        }
    }

    #[test]
    fn a_path_is_moved_below_the_page() {
        let moved = |path: &'static str| {
            let moved = moved(&Uri::from_static(path), "/t/acme/eu").expect("a path");
            moved.to_string()
        };
        assert_eq!(moved("/"), "/t/acme/eu");
        assert_eq!(moved("/?range=7d"), "/t/acme/eu?range=7d");
        assert_eq!(
            moved("/api/v2/summary.json"),
            "/t/acme/eu/api/v2/summary.json"
        );
    }
}
