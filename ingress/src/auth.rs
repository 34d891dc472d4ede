//! Whose push it is.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::id::TenantId;
use contract::token::Scope;
use service::problem::ProblemResponse;

use crate::State;
use crate::mirror::Found;
use crate::tenants::Tenant;
use crate::tokens::{self, Known};

/// A pusher with the right to push.
pub(crate) struct Pusher {
    pub(crate) tenant_id: TenantId,
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) known: Known,
    /// May push from any time in the past.
    pub(crate) may_backfill: bool,
}

impl Pusher {
    /// Who pushes what needs this scope.
    pub(crate) fn with(
        scope: Scope,
        parts: &Parts,
        state: &State,
    ) -> Result<Self, ProblemResponse> {
        let known = known(&parts.headers, state)?;
        let grant = &known.grant;
        if !grant.scopes.contains(&scope) {
            return Err(forbidden(scope));
        }
        let tenant = state.tenants.of(grant, &state.limits);
        Ok(Self {
            tenant_id: grant.tenant,
            tenant,
            may_backfill: grant.scopes.contains(&Scope::MetricsBackfill),
            known,
        })
    }
}

fn forbidden(scope: Scope) -> ProblemResponse {
    let (title, name) = match scope {
        Scope::TelemetryWrite => ("this token may not push traces and logs", "telemetry_write"),
        _ => ("this token may not push metrics", "metrics_write"),
    };
    ProblemResponse::new(StatusCode::FORBIDDEN, "forbidden", title)
        .detail(format!("create a token with the scope `{name}`"))
}

/// What the token of a request grants.
fn known(headers: &HeaderMap, state: &State) -> Result<Known, ProblemResponse> {
    let secret = secret(headers).ok_or_else(|| {
        unauthenticated("send a token: `Authorization: Bearer <token>`, `X-API-Key: <token>`, or HTTP Basic with the token as password")
    })?;
    match tokens::find(&state.tokens, &secret) {
        Found::There(known) => Ok(known),
        Found::Absent => Err(unauthenticated("this token is unknown or was revoked")),
        Found::NotKnown => Err(ProblemResponse::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "tokens cannot be checked yet",
        )
        .retry_after_s(2)),
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

pub(crate) fn secret(headers: &HeaderMap) -> Option<String> {
    if let Some(key) = headers.get("x-api-key") {
        return Some(key.to_str().ok()?.trim().to_owned());
    }
    let (scheme, value) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    // `Token` is what clients of InfluxDB send.
    if ["bearer", "token"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
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
            ("authorization", "Token ovs_x"),
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
