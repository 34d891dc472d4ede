//! The states of a monitor, and the time spent in them.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How a monitor does. The order is from best to worst for a page's roll-up: the worst wins.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Paused,
    Up,
    Maintenance,
    /// No region has a fresh result: nobody looked.
    Unknown,
    Degraded,
    Down,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Up => "up",
            Self::Maintenance => "maintenance",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    /// The word a visitor reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Paused => "Paused",
            Self::Up => "Operational",
            Self::Maintenance => "Maintenance",
            Self::Unknown => "Unknown",
            Self::Degraded => "Degraded",
            Self::Down => "Down",
        }
    }
}

impl std::str::FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [
            Self::Paused,
            Self::Up,
            Self::Maintenance,
            Self::Unknown,
            Self::Degraded,
            Self::Down,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(UnknownState)
    }
}

/// The text names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a monitor state")]
pub struct UnknownState;

/// Seconds of a period, by what is known of them.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    pub up_s: i64,
    pub down_s: i64,
    pub unknown_s: i64,
    pub maintenance_s: i64,
}

impl Uptime {
    /// `up / (up + down)`, or `None` when nobody looked.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of a year are far below 2^52"
    )]
    pub fn ratio(self) -> Option<f64> {
        let known = self.up_s + self.down_s;
        (known > 0).then(|| self.up_s as f64 / known as f64)
    }

    /// The part of the period outside maintenance in which somebody looked.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of a year are far below 2^52"
    )]
    pub fn coverage(self) -> Option<f64> {
        let expected = self.up_s + self.down_s + self.unknown_s;
        (expected > 0).then(|| (self.up_s + self.down_s) as f64 / expected as f64)
    }

    /// "99.98 %": floored and never rounded up, so 99.9996 never reads as 100; "n/a" when nobody looked.
    pub fn percent(self) -> String {
        let mut text = String::new();
        self.write_percent(&mut text);
        text
    }

    /// The same, behind a text.
    pub fn write_percent(self, text: &mut String) {
        let known = self.up_s + self.down_s;
        if known <= 0 {
            return text.push_str("n/a");
        }
        let hundredths = self.up_s.saturating_mul(10_000) / known;
        let _ = match (hundredths / 100, hundredths % 100) {
            (100, _) => text.write_str("100 %"),
            (whole, part) => write!(text, "{whole}.{part:02} %"),
        };
    }
}

impl std::ops::Add for Uptime {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            up_s: self.up_s + other.up_s,
            down_s: self.down_s + other.down_s,
            unknown_s: self.unknown_s + other.unknown_s,
            maintenance_s: self.maintenance_s + other.maintenance_s,
        }
    }
}

impl std::iter::Sum for Uptime {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), std::ops::Add::add)
    }
}

/// One UTC day of a monitor, for the bars of a page. A page has thousands, so a message holds no more than numbers of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Numbers", try_from = "Numbers")]
pub struct Day {
    pub date: NaiveDate,
    pub uptime: Uptime,
}

/// The day since 1970, and the seconds of [`Uptime`] in their order.
type Numbers = (i32, i64, i64, i64, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such day")]
pub struct UnknownDay;

impl From<Day> for Numbers {
    fn from(Day { date, uptime }: Day) -> Self {
        let Uptime {
            up_s,
            down_s,
            unknown_s,
            maintenance_s,
        } = uptime;
        (date.to_epoch_days(), up_s, down_s, unknown_s, maintenance_s)
    }
}

impl TryFrom<Numbers> for Day {
    type Error = UnknownDay;

    fn try_from(
        (day, up_s, down_s, unknown_s, maintenance_s): Numbers,
    ) -> Result<Self, UnknownDay> {
        let date = NaiveDate::from_epoch_days(day).ok_or(UnknownDay)?;
        let uptime = Uptime {
            up_s,
            down_s,
            unknown_s,
            maintenance_s,
        };
        Ok(Self { date, uptime })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_five_numbers() {
        let day = Day {
            date: NaiveDate::from_ymd_opt(1970, 2, 1).expect("a date"),
            uptime: Uptime {
                up_s: 86_000,
                down_s: 400,
                ..Uptime::default()
            },
        };
        let text = serde_json::to_string(&day).expect("JSON");
        assert_eq!(text, "[31,86000,400,0,0]");
        assert_eq!(serde_json::from_str::<Day>(&text).expect("a day"), day);
        serde_json::from_str::<Day>("[2000000000,0,0,0,0]").expect_err("no such day");
    }

    #[test]
    fn uptime_is_floored_and_null_when_nobody_looked() {
        let second_down = Uptime {
            up_s: 999_999,
            down_s: 1,
            ..Uptime::default()
        };
        assert_eq!(second_down.percent(), "99.99 %");
        assert_eq!(
            Uptime {
                up_s: 5,
                ..Uptime::default()
            }
            .percent(),
            "100 %"
        );
        assert_eq!(
            Uptime {
                unknown_s: 5,
                ..Uptime::default()
            }
            .percent(),
            "n/a"
        );
        assert_eq!(
            Uptime {
                unknown_s: 5,
                ..Uptime::default()
            }
            .ratio(),
            None
        );
        assert_eq!(
            Uptime {
                unknown_s: 5,
                ..Uptime::default()
            }
            .coverage(),
            Some(0.0)
        );
    }
}
