//! Planned work: windows in which a monitor's troubles are expected, once or again and again.

#[cfg(feature = "zones")]
pub mod calendar;

use chrono::{DateTime, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::id::{MaintenanceId, MonitorId, TenantId};
use crate::listing::list;
use crate::monitor::check;
use crate::rpc::request;

/// A window as its owner describes it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MaintenanceSpec))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Spec {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    /// What people read of it.
    #[serde(default)]
    #[validate(length(max = 2_000, message = "at most 2 000 characters"))]
    pub description: String,
    /// The monitors it is about; all of the tenant where none is named.
    #[serde(default)]
    #[validate(length(max = 1_000, message = "at most 1 000 monitors"))]
    pub monitors: Vec<MonitorId>,
    #[serde(flatten)]
    #[validate(custom(function = sensible))]
    pub when: When,
}

/// When it is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MaintenanceWhen))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "repeat", rename_all = "snake_case")]
pub enum When {
    /// `from` inclusive, `to` exclusive.
    Once {
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
    /// On these days of the week.
    Weekly {
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        days: Vec<Weekday>,
        #[serde(flatten)]
        time: Time,
    },
    /// On these days of the month, 1 to 31; a month without such a day has none.
    Monthly {
        days: Vec<u32>,
        #[serde(flatten)]
        time: Time,
    },
}

/// A time of day somewhere.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MaintenanceTime))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    /// `02:00:00`, by the clocks of the zone.
    pub at: NaiveTime,
    pub duration_min: u32,
    /// A name of the IANA time zone database, such as `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
}

/// A window as the system knows it; the value in the `maintenances` bucket under its id.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    pub id: MaintenanceId,
    pub tenant: TenantId,
    #[serde(flatten)]
    pub spec: Spec,
}

/// One time that it is, `from` inclusive, `to` exclusive.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// A window with what a list shows of it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MaintenanceOverview))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    #[serde(flatten)]
    pub maintenance: Maintenance,
    /// The one that is, or the next one; absent when it is over for good.
    pub next: Option<Occurrence>,
    pub active: bool,
}

request! {
    /// Plans a window. It holds within two seconds.
    Create { pub spec: Spec } -> Maintenance, "maintenance", "create";
    /// Replaces a window's description.
    Update { pub id: MaintenanceId, pub spec: Spec } -> Maintenance, "maintenance", "update";
    /// Deletes a window; one that is going on ends.
    Delete { pub id: MaintenanceId } -> (), "maintenance", "delete";
    Read { pub id: MaintenanceId } -> Overview, "maintenance", "read";
}

list! {
    /// Windows of the tenant, in the order in which they were planned.
    Overview, "maintenance", MaintenanceId, |overview| overview.maintenance.id;
}

impl Maintenance {
    pub fn is_about(&self, tenant: TenantId, monitor: MonitorId) -> bool {
        let monitors = &self.spec.monitors;
        self.tenant == tenant && (monitors.is_empty() || monitors.contains(&monitor))
    }
}

fn sensible(when: &When) -> Result<(), ValidationError> {
    const MONTH_MIN: u32 = 31 * 24 * 60;
    let complain = |field, message| Err(check::of_field(check::broken(message), field));
    let time = match when {
        When::Once { from, to } if to <= from => {
            return complain("to", "must be later than `from`");
        }
        When::Once { .. } => return Ok(()),
        When::Weekly { days, .. } if days.is_empty() || days.len() > 7 => {
            return complain("days", "between 1 and 7 days of the week, such as Mon");
        }
        When::Monthly { days, .. }
            if days.is_empty()
                || days.len() > 31
                || days.iter().any(|day| !(1..=31).contains(day)) =>
        {
            return complain("days", "days of the month, between 1 and 31");
        }
        When::Weekly { time, .. } | When::Monthly { time, .. } => time,
    };
    if !(1..MONTH_MIN).contains(&time.duration_min) {
        return complain("duration_min", "between 1 minute and 31 days");
    }
    Ok(())
}

fn utc() -> String {
    "UTC".to_owned()
}
