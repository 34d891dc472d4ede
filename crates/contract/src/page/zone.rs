//! Clocks of time zones.

use chrono::{DateTime, Offset, TimeZone, Utc};

use crate::maintenance::calendar::{UnknownZone, named};

/// How far the clocks of a zone are from UTC at an instant, in minutes.
pub fn offset_minutes(zone: &str, at: DateTime<Utc>) -> Result<i32, UnknownZone> {
    let offset = named(zone)?.offset_from_utc_datetime(&at.naive_utc());
    Ok(offset.fix().local_minus_utc() / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_follow_the_season() {
        let at = |text: &str| text.parse().expect("an instant");
        let berlin = |text| offset_minutes("Europe/Berlin", at(text));
        assert_eq!(berlin("2026-07-01T00:00:00Z"), Ok(120));
        assert_eq!(berlin("2026-12-01T00:00:00Z"), Ok(60));
        assert!(offset_minutes("Mars/Base", at("2026-12-01T00:00:00Z")).is_err());
    }
}
