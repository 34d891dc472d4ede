//! Instants as people read them, with the zone named: UTC until a browser says otherwise.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Utc};

/// How much of an instant is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    /// "20 Nov 2026, 14:10 UTC"
    #[default]
    Minute,
    /// "20 Nov 2026, 14:10:05 UTC"
    Second,
    /// "14:10 UTC", where the date is said beside it.
    Clock,
    /// "20 Nov"
    Day,
}

impl Precision {
    /// The value of `data-time`, by which the page's script knows how to write an instant in the reader's zone.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Clock => "clock",
            Self::Day => "day",
        }
    }
}

/// An instant at an offset from UTC in minutes, which is named: "20 Nov 2026, 15:10 UTC+1".
pub fn instant(at: DateTime<Utc>, offset_minutes: i32, precision: Precision) -> String {
    let local = shifted(at, offset_minutes);
    let zone = zone(offset_minutes);
    match precision {
        Precision::Minute => format!("{} {zone}", local.format("%-d %b %Y, %H:%M")),
        Precision::Second => format!("{} {zone}", local.format("%-d %b %Y, %H:%M:%S")),
        Precision::Clock => format!("{} {zone}", local.format("%H:%M")),
        Precision::Day => local.format("%-d %b").to_string(),
    }
}

/// The instant of Unix milliseconds.
pub fn at_ms(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// "UTC", "UTC+1", "UTC-3:30".
pub fn zone(offset_minutes: i32) -> String {
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    match (offset_minutes.abs() / 60, offset_minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// "20 Nov 2026", behind a text.
pub fn write_date(text: &mut String, day: NaiveDate) {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = day.month0() as usize;
    let _ = write!(text, "{} {} {}", day.day(), MONTHS[month], day.year());
}

/// The label of a tick on a time axis whose ticks are `step_ms` apart.
pub fn tick(at_ms: i64, offset_minutes: i32, step_ms: i64) -> String {
    let local = shifted(self::at_ms(at_ms), offset_minutes);
    let midnight = local.time() == chrono::NaiveTime::MIN;
    match step_ms {
        ..60_000 => local.format("%H:%M:%S").to_string(),
        ..86_400_000 if !midnight => local.format("%H:%M").to_string(),
        _ if local.day() == 1 && local.month() == 1 => local.format("%-d %b %Y").to_string(),
        _ => local.format("%-d %b").to_string(),
    }
}

fn shifted(at: DateTime<Utc>, offset_minutes: i32) -> NaiveDateTime {
    at.naive_utc() + Duration::minutes(i64::from(offset_minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn an_instant_names_its_zone() {
        let noon = at("2026-11-20T12:00:05Z");
        assert_eq!(
            instant(noon, 0, Precision::Minute),
            "20 Nov 2026, 12:00 UTC"
        );
        assert_eq!(
            instant(noon, 60, Precision::Second),
            "20 Nov 2026, 13:00:05 UTC+1"
        );
        assert_eq!(instant(noon, -210, Precision::Clock), "08:30 UTC-3:30");
        assert_eq!(instant(noon, 13 * 60, Precision::Day), "21 Nov");
    }

    #[test]
    fn ticks_say_the_day_only_where_it_changes() {
        let midnight = at("2026-11-20T00:00:00Z").timestamp_millis();
        assert_eq!(tick(midnight, 0, 3_600_000), "20 Nov");
        assert_eq!(tick(midnight, 60, 3_600_000), "01:00");
        assert_eq!(tick(midnight + 5_000, 0, 5_000), "00:00:05");
    }
}
