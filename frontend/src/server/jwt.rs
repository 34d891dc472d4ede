//! Short-lived bearer tokens for programs (JWT, HS256).

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::UserId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Roles are read anew at each request, and with them the epoch: who signs out everywhere begins another.
const LIFETIME: TimeDelta = TimeDelta::minutes(15);
const ISSUER: &str = "overseer";

pub(crate) struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

/// What programs authenticate with until it expires.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bearer {
    pub(crate) token: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// To whom a token was issued, and in which epoch of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) user: UserId,
    pub(crate) epoch: i32,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: UserId,
    epoch: i32,
    /// Unix seconds, as JWT wants it.
    iat: i64,
    exp: i64,
}

impl Keys {
    pub(crate) fn new(secret: &str) -> Self {
        Self {
            signing: EncodingKey::from_secret(secret.as_bytes()),
            verifying: DecodingKey::from_secret(secret.as_bytes()),
            validation: issued_by(ISSUER),
        }
    }

    /// What [`Self::open`] gives back.
    pub(super) fn seal<T: Serialize>(
        &self,
        claims: &T,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        encode(&Header::new(Algorithm::HS256), claims, &self.signing)
    }

    /// Claims that were sealed here by `issuer` and have not expired.
    pub(super) fn open<T: DeserializeOwned + Clone>(&self, issuer: &str, token: &str) -> Option<T> {
        let opened = decode::<T>(token, &self.verifying, &issued_by(issuer));
        opened.ok().map(|token| token.claims)
    }

    pub(crate) fn issue(
        &self,
        holder: Holder,
        now: DateTime<Utc>,
    ) -> Result<Bearer, jsonwebtoken::errors::Error> {
        let expires_at = now + LIFETIME;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: holder.user,
            epoch: holder.epoch,
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let token = self.seal(&claims)?;
        Ok(Bearer { token, expires_at })
    }

    /// The person it was issued to; `None` for anything that is not ours or is too old.
    pub(crate) fn verify(&self, token: &str) -> Option<Holder> {
        let decoded = decode::<Claims>(token, &self.verifying, &self.validation).ok()?;
        let Claims { sub, epoch, .. } = decoded.claims;
        Some(Holder { user: sub, epoch })
    }
}

fn issued_by(issuer: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    validation.leeway = 0;
    validation
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_fresh_tokens_of_our_own_are_taken() {
        let holder = Holder {
            user: UserId(Uuid::from_u128(1)),
            epoch: 3,
        };
        let keys = Keys::new("a secret of thirty-two characters");
        let issue = |keys: &Keys, now| keys.issue(holder, now).expect("signed").token;
        let now = service::now();
        assert_eq!(keys.verify(&issue(&keys, now)), Some(holder));
        assert_eq!(
            keys.verify(&issue(&keys, now - LIFETIME - TimeDelta::seconds(1))),
            None
        );
        assert_eq!(
            keys.verify(&issue(
                &Keys::new("another secret of thirty-two chars"),
                now
            )),
            None
        );
        let unsigned =
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDEifQ.";
        assert_eq!(keys.verify(unsigned), None);
    }
}
