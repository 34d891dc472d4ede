//! Who a program acts for: the `Authorization` of a REST request, judged anew each time.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use contract::account::{Identify, Identity, ReadTenant};
use contract::id::Slug;
use contract::rpc::{Caller, Error, Role};
use contract::token;
use service::problem::ProblemResponse;
use sha2::{Digest, Sha256};

use super::Site;
use super::ask::ask;
use super::gate::Gate;
use super::jwt::Holder;
use super::member::{self, Member, Person};

impl FromRequestParts<Site> for Member {
    type Rejection = ProblemResponse;

    /// Whoever the gate of the route lets through.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ProblemResponse> {
        let gate = parts.extensions.get::<Gate>().copied();
        let Some((gate, role)) = gate.and_then(|gate| Some((gate, gate.role()?))) else {
            tracing::error!("a route for members has no gate for members");
            return Err(Error::Forbidden.into());
        };
        Ok(authorize(parts, site, gate, role).await?)
    }
}

impl FromRequestParts<Site> for Person {
    type Rejection = ProblemResponse;

    /// Whoever logged in. A program with an API token is known, but no person.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ProblemResponse> {
        let bearer = bearer(&parts.headers).ok_or(Error::Unauthenticated)?;
        if bearer.starts_with(token::PREFIX) {
            let grant = site.grant(&hash(bearer)).await?;
            let refused = grant.map_or(Error::Unauthenticated, |_| Error::Forbidden);
            return Err(refused.into());
        }
        let identity = identify(site, bearer).await?;
        Ok(Self::new(site.bus.clone(), identity))
    }
}

async fn authorize(
    parts: &mut Parts,
    site: &Site,
    gate: Gate,
    needed: Role,
) -> Result<Member, Error> {
    let bearer = bearer(&parts.headers).map(str::to_owned);
    let bearer = bearer.ok_or(Error::Unauthenticated)?;
    let tenant = tenant(parts, site).await?;
    if bearer.starts_with(token::PREFIX) {
        return program(site, &bearer, &tenant, gate).await;
    }
    let identity = identify(site, &bearer).await?;
    let place = member::place(&identity, &tenant)?;
    Member::person(site.bus.clone(), identity.user.id, place, needed)
}

/// The person to whom a bearer token was issued, unless they signed out everywhere since.
async fn identify(site: &Site, bearer: &str) -> Result<Identity, Error> {
    let Holder { user, epoch } = site.keys.verify(bearer).ok_or(Error::Unauthenticated)?;
    let identity = ask(&site.bus, &Caller::User { user }, &Identify {}).await?;
    if identity.epoch != epoch {
        return Err(Error::Unauthenticated);
    }
    Ok(identity)
}

async fn program(site: &Site, secret: &str, tenant: &Slug, gate: Gate) -> Result<Member, Error> {
    let grant = site.grant(&hash(secret)).await?;
    let grant = grant.ok_or(Error::Unauthenticated)?;
    let member = Member::program(site.bus.clone(), &grant);
    if member.ask(ReadTenant {}).await?.slug != *tenant {
        return Err(Error::not_found("tenant"));
    }
    let scope = gate.scope().ok_or(Error::Forbidden)?;
    if !grant.allows(scope) {
        return Err(Error::Forbidden);
    }
    Ok(member)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| credentials.trim())
}

async fn tenant(parts: &mut Parts, site: &Site) -> Result<Slug, Error> {
    let params = RawPathParams::from_request_parts(parts, site).await;
    params
        .ok()
        .and_then(|params| {
            let (_, slug) = params.iter().find(|(name, _)| *name == "tenant")?;
            slug.parse().ok()
        })
        .ok_or_else(|| Error::not_found("tenant"))
}

/// The key of a token in the bucket.
fn hash(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for (header, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("abc", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(header));
            assert_eq!(bearer(&headers), expected, "{header}");
        }
    }

    #[test]
    fn a_token_is_looked_up_by_its_hash() {
        assert_eq!(
            hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
