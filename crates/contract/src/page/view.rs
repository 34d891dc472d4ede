//! What visitors ask and see: everything a page shows, in one answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Color, Logo, Visibility};
use crate::id::{IncidentId, MaintenanceId, MonitorId, PageId, Slug, TenantId};
use crate::incident::Incident;
use crate::monitor::{Day, Status, Uptime};
use crate::rpc::request;

/// Which page: of that name, or the tenant's first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    pub tenant: Slug,
    pub page: Option<Slug>,
}

/// What a page hands out for its password, and wants to see from then on. It ends with the password.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

/// Of which component response times are drawn, and how far back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The first one that was measured where absent.
    pub component: Option<MonitorId>,
    pub span: Chart,
}

/// How far back a chart of response times goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    #[default]
    Day,
    Week,
    Month,
}

impl Chart {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// As it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub fn hours(self) -> i64 {
        match self {
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        }
    }

    /// The chart of that name, or a day.
    pub fn named(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str() == name).unwrap_or_default()
    }
}

/// The page, or its door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    Open(Box<View>),
    Locked(Cover),
}

/// What everybody may see of a page that asks for a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    pub page: PageId,
    pub title: String,
    pub color: Option<Color>,
}

/// A status page as a visitor sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    pub page: PageId,
    pub tenant: TenantId,
    /// The tenant's name in URLs.
    pub tenant_slug: Slug,
    pub slug: Slug,
    /// At the tenant's own address.
    pub first: bool,
    pub title: String,
    pub description: String,
    pub visibility: Visibility,
    /// Everybody sees it and may know of it.
    pub listed: bool,
    pub color: Option<Color>,
    /// Changes with the logo; absent where there is none.
    pub logo: Option<i64>,
    pub time_zone: String,
    /// How far the clocks of `time_zone` are from UTC now.
    pub utc_offset_min: i32,
    /// The page's own domain, if it is verified.
    pub host: Option<String>,
    pub created_at: DateTime<Utc>,
    /// When something of it was last looked at, changed or told.
    pub updated_at: DateTime<Utc>,
    /// In the order of the page.
    pub groups: Vec<Group>,
    /// Open ones first, then those of the last 14 days.
    pub incidents: Vec<Incident>,
    /// Work that goes on or is planned, the soonest first, and what is over since 14 days.
    pub maintenances: Vec<Planned>,
    pub response: Option<Responses>,
    /// Some of the history was generated for a demonstration.
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The same for the same name on the same page.
    pub id: Uuid,
    /// Absent for components without a group.
    pub name: Option<String>,
    pub components: Vec<Component>,
}

/// A component as visitors see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub monitor: MonitorId,
    pub name: String,
    pub description: String,
    pub status: Status,
    pub uptime_90d: Uptime,
    /// Ninety UTC days, oldest first, the last one today.
    pub days: Vec<Day>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Response times of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Responses {
    pub component: MonitorId,
    pub span: Chart,
    /// Total times by hour: (Unix milliseconds of its begin, p50 ms, p95 ms).
    pub points: Vec<(i64, f64, f64)>,
}

/// Planned work, one time that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub maintenance: MaintenanceId,
    /// Different for each time of work that comes again.
    pub id: Uuid,
    pub name: String,
    pub description: String,
    /// Those of the page that it is about.
    pub components: Vec<MonitorId>,
    /// `from` inclusive, `to` exclusive.
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Planned {
    /// When it was planned, as its identifier says; a UUID that is not of version 7 says nothing (RFC 9562).
    pub fn planned_at(&self) -> Option<DateTime<Utc>> {
        let (seconds, nanos) = self.maintenance.0.get_timestamp()?.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
    }
}

/// That a visitor may be told what happens on a page, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    pub page: PageId,
    pub tenant: TenantId,
    pub monitors: Vec<MonitorId>,
}

request! {
    /// A page as visitors see it; drafts only as its members do, who need no key. `not_found` for everybody else.
    Show { pub at: Address, pub key: Option<Key>, pub wanted: Wanted } -> Shown, "page", "show";
    /// Whether a visitor may listen. `not_found` and `forbidden` as [`Show`] would be not found and locked.
    Enter { pub at: Address, pub key: Option<Key> } -> Entered, "page", "enter";
    /// A page's key for its password; `unauthenticated` when it is wrong, `throttled` after too many tries.
    Unlock { pub at: Address, pub password: String } -> Key, "page", "unlock";
    /// Which page a domain shows; `not_found` unless one has verified it.
    Find { pub host: String } -> Address, "page", "find";
    /// Incidents that began before an instant, the newest first; of those that began at it, the ones behind `behind`.
    History {
        pub at: Address, pub key: Option<Key>, pub before: DateTime<Utc>, #[serde(default)] pub behind: Option<IncidentId>, pub limit: u32,
    } -> Vec<Incident>, "page", "history";
    ReadLogo { pub at: Address, pub key: Option<Key> } -> Logo, "page", "read-logo";
}

impl Address {
    /// The tenant's first page.
    pub fn first(tenant: Slug) -> Self {
        Self { tenant, page: None }
    }
}

impl Show {
    /// Without a key, and with the chart that nobody asked for in particular.
    pub fn of(at: Address) -> Self {
        Self {
            at,
            key: None,
            wanted: Wanted::default(),
        }
    }
}

impl Shown {
    /// The page, if it is open.
    pub fn open(self) -> Option<View> {
        match self {
            Self::Open(view) => Some(*view),
            Self::Locked(_) => None,
        }
    }
}

impl View {
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.groups.iter().flat_map(|group| &group.components)
    }
}
