//! Whose push it is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::id::TenantId;
use contract::token::Scope;
use service::problem::ProblemResponse;

use crate::State;
use crate::tokens::Verdict;

/// A pusher with the right to push metrics.
pub(crate) struct Pusher {
    pub(crate) tenant: TenantId,
    /// May push from any time in the past.
    pub(crate) may_backfill: bool,
}

impl FromRequestParts<State> for Pusher {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ProblemResponse> {
        let secret = secret(&parts.headers).ok_or_else(|| {
            unauthenticated("send a token: `Authorization: Bearer <token>`, `X-API-Key: <token>`, or HTTP Basic with the token as password")
        })?;
        match state.tokens.check(&secret) {
            Verdict::Granted(grant) if grant.scopes.contains(&Scope::MetricsWrite) => Ok(Self {
                tenant: grant.tenant,
                may_backfill: grant.scopes.contains(&Scope::MetricsBackfill),
            }),
            Verdict::Granted(_) => Err(ProblemResponse::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "this token may not push metrics",
            )
            .detail("create a token with the scope `metrics_write`")),
            Verdict::Refused => Err(unauthenticated("this token is unknown or was revoked")),
            Verdict::NotKnown => Err(ProblemResponse::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "tokens cannot be checked yet",
            )
            .retry_after_s(2)),
        }
    }
}

fn unauthenticated(detail: &str) -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "no valid token",
    )
    .detail(detail)
}

fn secret(headers: &HeaderMap) -> Option<String> {
    if let Some(key) = headers.get("x-api-key") {
        return Some(key.to_str().ok()?.trim().to_owned());
    }
    let (scheme, value) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    pair.split_once(':')
        .map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_of(name: &'static str, value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header value"));
        secret(&headers)
    }

    #[test]
    fn a_token_is_found_wherever_clients_put_it() {
        for (name, value) in [
            ("authorization", "Bearer ovs_x"),
            ("authorization", "bearer  ovs_x"),
            ("authorization", "Basic dXNlcjpvdnNfeA=="),
            ("x-api-key", "ovs_x"),
        ] {
            assert_eq!(
                secret_of(name, value).as_deref(),
                Some("ovs_x"),
                "{name}: {value}"
            );
        }
        assert_eq!(secret_of("authorization", "Basic !!"), None);
        assert_eq!(secret_of("authorization", "Digest ovs_x"), None);
    }
}
