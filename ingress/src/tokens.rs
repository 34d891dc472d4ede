//! Who may push: the `tokens` bucket, mirrored in memory.

use std::sync::Arc;

use contract::token::{self, Grant};

use crate::Limits;
use crate::mirror::{Entry, Found, Mirror};
use crate::rates::Rates;

/// Tokens by the hash of their secret. A revoked one is gone within a second.
pub(crate) type Tokens = Mirror<Known>;

/// A token that is valid, and how fast it pushes.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) grant: Grant,
    rates: Arc<std::sync::OnceLock<Rates>>,
}

impl Entry for Known {
    type Value = Grant;
    type Key = String;

    /// A grant that did not change goes on with the rates it has.
    fn of(
        hash: &str,
        grant: Grant,
        before: impl Fn(&String) -> Option<Self>,
    ) -> Option<(String, Self)> {
        let hash = hash.to_owned();
        let known = before(&hash).filter(|before| before.grant == grant);
        let known = known.unwrap_or_else(|| Self {
            grant,
            rates: Arc::default(),
        });
        Some((hash, known))
    }
}

impl Known {
    pub(crate) fn rates(&self, limits: &Limits) -> &Rates {
        self.rates
            .get_or_init(|| Rates::new(&self.grant.plan, limits.max_samples))
    }
}

/// The lookup is by hash, so its timing tells nothing of the secret.
pub(crate) fn find(tokens: &Tokens, secret: &str) -> Found<Known> {
    tokens.find(&token::key(secret))
}
