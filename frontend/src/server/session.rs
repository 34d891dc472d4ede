//! The session cookie, and where people land after signing in.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use bus::Bus;
use contract::account::{Identity, ResolveSession, Session};
use contract::rpc::{Caller, Error};

use super::ask::ask;

const NAME: &str = "overseer_session";

/// A `Set-Cookie` value that opens a session.
pub(crate) fn opened(session: &Session, secure: bool) -> String {
    let age = (session.expires_at - service::now()).num_seconds().max(0);
    set_cookie(&session.secret, age, secure)
}

/// A `Set-Cookie` value that ends a session.
pub(crate) fn ended(secure: bool) -> String {
    set_cookie("", 0, secure)
}

fn set_cookie(value: &str, max_age_s: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{NAME}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
}

/// The secret that a request carries.
pub(crate) fn secret(headers: &HeaderMap) -> Option<String> {
    cookie(headers, NAME)
        .filter(|secret| !secret.is_empty())
        .map(str::to_owned)
}

/// The person behind a session's secret; `None` without one, and for sessions that ended.
pub(crate) async fn resolve(bus: &Bus, secret: Option<String>) -> Result<Option<Identity>, Error> {
    let Some(secret) = secret else {
        return Ok(None);
    };
    match ask(bus, &Caller::Visitor, &ResolveSession { secret }).await {
        Ok(identity) => Ok(Some(identity)),
        Err(Error::Unauthenticated | Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One cookie of a request.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Where to go after signing in: `next` if it is a path on this site, or else the first dashboard.
pub(crate) fn landing(identity: &Identity, next: Option<&str>) -> String {
    let first = identity
        .memberships
        .first()
        .map_or_else(|| "/".to_owned(), |place| format!("/d/{}", place.slug));
    next.filter(|path| is_local(path))
        .map_or(first, str::to_owned)
}

/// A path of this site, so that nobody can be sent elsewhere by a link.
fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for hostile in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\r\nSet-Cookie: a=b",
            "evil",
            "",
        ] {
            assert!(!is_local(hostile), "{hostile:?} was accepted");
        }
        assert!(is_local("/d/acme/explore?metric=cpu"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; a=b"));
        headers.append(COOKIE, HeaderValue::from_static("overseer_session=s3cret"));
        assert_eq!(secret(&headers).as_deref(), Some("s3cret"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn an_ended_session_leaves_no_secret() {
        assert_eq!(
            ended(true),
            "overseer_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
