//! What a visitor who knew a page's password carries: the page's key in a signed cookie of that page alone.

use axum::http::HeaderMap;
use chrono::TimeDelta;
use contract::page::{Address, Key};
use serde::{Deserialize, Serialize};

use super::place::path_of;
use crate::server::jwt::Keys;
use crate::server::session;

const ISSUER: &str = "overseer-page";
const LIFETIME: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The page's path.
    sub: String,
    exp: i64,
    key: Key,
}

/// A `Set-Cookie` value for a page that stands at `home`.
pub(crate) fn set_cookie(
    keys: &Keys,
    at: &Address,
    home: &str,
    key: Key,
    secure: bool,
) -> Result<String, jsonwebtoken::errors::Error> {
    let claims = Claims {
        iss: ISSUER.to_owned(),
        sub: path_of(at),
        exp: (service::now() + LIFETIME).timestamp(),
        key,
    };
    let (name, token) = (name(at), keys.seal(&claims)?);
    let age = LIFETIME.num_seconds();
    let secure = if secure { "; Secure" } else { "" };
    Ok(format!(
        "{name}={token}; Path={home}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
    ))
}

/// The key that a request carries for a page.
pub(crate) fn key(headers: &HeaderMap, keys: &Keys, at: &Address) -> Option<Key> {
    let cookie = session::cookie(headers, &name(at))?;
    let claims: Claims = keys.open(ISSUER, cookie)?;
    (claims.sub == path_of(at)).then_some(claims.key)
}

fn name(at: &Address) -> String {
    match &at.page {
        Some(page) => format!("overseer_page_{}_{page}", at.tenant),
        None => format!("overseer_page_{}", at.tenant),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn a_pass_is_for_one_page_and_cannot_be_forged() {
        let at = |tenant: &str| Address::first(tenant.parse().expect("a slug"));
        let keys = Keys::new("a secret of thirty-two characters");
        let issued = |keys: &Keys| {
            let cookie = set_cookie(keys, &at("acme"), "/", Key("k".to_owned()), false);
            let cookie = cookie.expect("signed");
            cookie.split_once(';').expect("attributes").0.to_owned()
        };
        let carried = |cookie: &str, page: &str| {
            let value = HeaderValue::from_str(cookie).expect("a header");
            key(&HeaderMap::from_iter([(COOKIE, value)]), &keys, &at(page))
        };
        let own = issued(&keys);
        assert_eq!(carried(&own, "acme"), Some(Key("k".to_owned())));
        let renamed = own.replace("page_acme=", "page_other=");
        assert_eq!(carried(&renamed, "other"), None);
        let forged = issued(&Keys::new("another secret of thirty-two chars"));
        assert_eq!(carried(&forged, "acme"), None);
    }
}
