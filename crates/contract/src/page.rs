//! Public status pages: what their owners describe. What visitors ask and see is in `view`.

mod color;
mod host;
mod measure;
mod view;
#[cfg(feature = "zones")]
pub mod zone;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::id::{MonitorId, PageId, Slug, UserId};
use crate::listing::list;
use crate::monitor::check::broken;
use crate::rpc::request;

pub use color::{Color, NoColor};
pub use host::{Host, is_domain};
pub use measure::{Measure, Measured, Span, key_of};
pub use view::{
    Address, Chart, Component, Cover, Enter, Entered, Find, Group, History, Key, Planned, ReadLogo,
    Responses, Show, Shown, Unlock, View, Wanted,
};

/// Longest image of a logo.
pub const LOGO_BYTES: usize = 48 * 1024;
/// What an image of a logo may be. No SVG: it can carry scripts.
pub const LOGO_TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];
/// What stands in the page's own paths.
const RESERVED: [&str; 10] = [
    "api",
    "assets",
    "badge",
    "feed",
    "history",
    "live",
    "logo",
    "subscribe",
    "unlock",
    "unsubscribe",
];

/// A page as its owner describes it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PageSpec))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Spec {
    /// Its name in URLs, below its tenant's.
    #[validate(custom(function = free))]
    pub slug: Slug,
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub title: String,
    /// A few words below the title.
    #[serde(default)]
    #[validate(length(max = 1_000, message = "at most 1 000 characters"))]
    pub description: String,
    #[serde(default)]
    pub visibility: Visibility,
    /// What is on it, in its order. Where absent: every monitor that is marked public, by its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(
        length(max = 200, message = "at most 200 components"),
        custom(function = different),
        nested
    )]
    pub components: Option<Vec<Entry>>,
    /// A hue beside the title; text keeps its own colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// In which instants are told where the reader's is not known: a name of the IANA time zone database.
    #[serde(default = "utc")]
    #[validate(length(max = 64, message = "at most 64 characters"))]
    pub time_zone: String,
}

/// A monitor as it stands on a page.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PageEntry))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Entry {
    pub monitor: MonitorId,
    /// The monitor's own name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: Option<String>,
    #[serde(default)]
    #[validate(length(max = 400, message = "at most 400 characters"))]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub group: Option<String>,
}

/// Who may find a page.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PageVisibility))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nobody but members, who look at a preview.
    #[default]
    Draft,
    /// Who knows its address. It has no badges, and search engines are asked to pass by.
    Unlisted,
    Published,
}

impl Visibility {
    pub const ALL: [Self; 3] = [Self::Draft, Self::Unlisted, Self::Published];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Unlisted => "unlisted",
            Self::Published => "published",
        }
    }
}

/// A page as its tenant knows it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub id: PageId,
    /// Grows with every change.
    pub revision: i64,
    /// At the tenant's own address; there is exactly one, and it stays.
    pub first: bool,
    #[serde(flatten)]
    pub spec: Spec,
    pub has_password: bool,
    pub has_logo: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// Members who may edit it whatever their role.
    pub collaborators: Vec<UserId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An image, as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// One of [`LOGO_TYPES`].
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A page's place among those of its tenant: the first one stands before all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub first: bool,
    pub title: String,
    pub id: PageId,
}

request! {
    Create { pub spec: Spec } -> Page, "page", "create";
    Read { pub id: PageId } -> Page, "page", "read";
    /// Replaces a page's description. `conflict` when it changed since `revision`, if that is named.
    Update { pub id: PageId, pub spec: Spec, pub revision: Option<i64> } -> Page, "page", "update";
    /// Deletes a page; `conflict` for the tenant's first one.
    Delete { pub id: PageId } -> (), "page", "delete";
    /// Asks visitors for a password, or no longer.
    SetPassword { pub id: PageId, pub password: Option<String> } -> Page, "page", "set-password";
    SetLogo { pub id: PageId, pub logo: Option<Logo> } -> Page, "page", "set-logo";
    /// Claims a domain, or gives it up.
    SetHost { pub id: PageId, pub host: Option<String> } -> Page, "page", "set-host";
    /// The domain's record was found. `conflict` when another page has the domain.
    ConfirmHost { pub id: PageId, pub host: String } -> Page, "page", "confirm-host";
    /// Names the members who may edit the page whatever their role.
    SetCollaborators { pub id: PageId, pub users: Vec<UserId> } -> Page, "page", "set-collaborators";
}

list! {
    /// Pages of the tenant: the first one, then by title.
    Page, "page", Place, |page| Place { first: page.first, title: page.spec.title.clone(), id: page.id };
}

fn free(slug: &Slug) -> Result<(), ValidationError> {
    if RESERVED.contains(&slug.as_str()) {
        return Err(broken("this word has a meaning of its own; choose another"));
    }
    if slug.as_str().contains("--") {
        return Err(broken("must not contain `--`"));
    }
    Ok(())
}

fn different(components: &[Entry]) -> Result<(), ValidationError> {
    let mut seen = HashSet::new();
    if components.iter().all(|one| seen.insert(one.monitor)) {
        return Ok(());
    }
    Err(broken("each monitor can be on a page once"))
}

fn utc() -> String {
    "UTC".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(slug: &str, components: &str) -> Spec {
        let text = format!(r#"{{"slug":"{slug}","title":"A","components":{components}}}"#);
        serde_json::from_str(&text).expect("readable")
    }

    #[test]
    fn a_page_does_not_hide_its_own_paths() {
        assert!(spec("eu-west", "null").validate().is_ok());
        for slug in ["api", "history", "a--b"] {
            assert!(spec(slug, "null").validate().is_err(), "{slug}");
        }
    }

    #[test]
    fn a_monitor_is_on_a_page_once() {
        let one = r#"{"monitor":"00000000-0000-0000-0000-000000000001"}"#;
        assert!(spec("a", &format!("[{one}]")).validate().is_ok());
        assert!(spec("a", &format!("[{one},{one}]")).validate().is_err());
    }

    #[test]
    fn a_page_is_a_draft_until_somebody_publishes_it() {
        assert_eq!(spec("a", "null").visibility, Visibility::Draft);
    }
}
