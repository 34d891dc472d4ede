//! Domains of pages' own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::Slug;

/// A domain that a page claims.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PageHost))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    pub name: String,
    /// Where a TXT record has to be, and its text.
    pub record: String,
    pub text: String,
    /// Absent until the record was found; nothing is shown there before.
    pub verified_at: Option<DateTime<Utc>>,
}

impl Host {
    pub fn new(name: String, token: &str, verified_at: Option<DateTime<Utc>>) -> Self {
        Self {
            record: format!("_overseer-challenge.{name}"),
            text: format!("overseer-verification={token}"),
            name,
            verified_at,
        }
    }
}

/// Whether a text is a domain in lower case, with a dot in it, and no address.
pub fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let is_number = |label: &&str| label.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|label| label.parse::<Slug>().is_ok())
        && labels.last().is_some_and(|last| !is_number(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_no_address_and_no_single_word() {
        assert!(is_domain("status.example.org"));
        for hostile in [
            "localhost",
            "10.0.0.1",
            "Status.example",
            "a..b",
            "a.b:80",
            "a.b/",
            "",
        ] {
            assert!(!is_domain(hostile), "{hostile}");
        }
    }
}
