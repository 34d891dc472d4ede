//! When a window is, by the clocks of its time zone.
//!
//! Where clocks are set forward over its beginning it begins when that hour is over; where they are set back it begins the first
//! time its hour comes. How long it lasts is real time.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use super::{Occurrence, Time, When};

/// A recurring window comes again within this many days: the 31st is at most 62 days away.
const AHEAD: u64 = 63;
/// Longest window, in days.
const LONGEST: u64 = 32;

/// The name is in no time zone database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{0}`; names are like Europe/Berlin")]
pub struct UnknownZone(String);

/// The instant at which the clocks of a zone show something; the first one where they show it twice.
pub fn instant(local: NaiveDateTime, zone: &str) -> Result<DateTime<Utc>, UnknownZone> {
    let zone = named(zone)?;
    Ok(begin(zone, local).unwrap_or_else(|| local.and_utc()))
}

impl When {
    /// The occurrence that is at `now`, or the next one. `None` when there is none to come.
    pub fn next(&self, now: DateTime<Utc>) -> Option<Occurrence> {
        match self {
            Self::Once { from, to } => Some(Occurrence {
                from: *from,
                to: *to,
            })
            .filter(|it| it.to > now),
            Self::Weekly { days, time } => time.next(now, |date| days.contains(&date.weekday())),
            Self::Monthly { days, time } => time.next(now, |date| days.contains(&date.day())),
        }
    }

    /// The occurrence that is at `now`.
    pub fn current(&self, now: DateTime<Utc>) -> Option<Occurrence> {
        self.next(now).filter(|it| it.from <= now)
    }

    /// Whether the time zone exists.
    pub fn judge_zone(&self) -> Result<(), UnknownZone> {
        match self {
            Self::Once { .. } => Ok(()),
            Self::Weekly { time, .. } | Self::Monthly { time, .. } => time.zone().map(drop),
        }
    }
}

impl Time {
    fn zone(&self) -> Result<Tz, UnknownZone> {
        named(&self.time_zone)
    }

    /// The first one that is not over, of those that begin on a day that `falls_on`.
    fn next(&self, now: DateTime<Utc>, falls_on: impl Fn(NaiveDate) -> bool) -> Option<Occurrence> {
        let zone = self.zone().ok()?;
        let today = now.with_timezone(&zone).date_naive();
        let first = today.checked_sub_days(Days::new(LONGEST))?;
        first
            .iter_days()
            .take(usize::try_from(LONGEST + AHEAD).unwrap_or_default())
            .filter(|date| falls_on(*date))
            .filter_map(|date| self.on(zone, date))
            .find(|occurrence| occurrence.to > now)
    }

    fn on(&self, zone: Tz, date: NaiveDate) -> Option<Occurrence> {
        let from = begin(zone, date.and_time(self.at))?;
        Some(Occurrence {
            from,
            to: from + TimeDelta::minutes(self.duration_min.into()),
        })
    }
}

pub(crate) fn named(zone: &str) -> Result<Tz, UnknownZone> {
    zone.parse().map_err(|_| UnknownZone(zone.to_owned()))
}

fn begin(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let begin = match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => instant,
        // Zones skip at most a few hours; what is skipped begins where they go on.
        LocalResult::None => (1..=8).find_map(|halves| {
            let later = local + TimeDelta::minutes(30 * halves);
            zone.from_local_datetime(&later).earliest()
        })?,
    };
    Some(begin.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn weekly(days: &str, at: &str, zone: &str) -> When {
        let json = format!(
            r#"{{"repeat":"weekly","days":{days},"at":"{at}","duration_min":60,"time_zone":"{zone}"}}"#
        );
        serde_json::from_str(&json).expect("a window")
    }

    #[test]
    fn a_weekly_window_follows_the_clocks_of_its_zone() {
        let berlin = weekly(r#"["Sun"]"#, "02:30:00", "Europe/Berlin");
        // Summer time until 25 October 2026: 02:30 is 00:30 UTC, then it comes twice, then it is 01:30 UTC.
        for (now, from) in [
            ("2026-10-16T12:00:00Z", "2026-10-18T00:30:00Z"),
            ("2026-10-18T01:29:59Z", "2026-10-18T00:30:00Z"),
            ("2026-10-18T01:30:00Z", "2026-10-25T00:30:00Z"),
            ("2026-10-25T12:00:00Z", "2026-11-01T01:30:00Z"),
        ] {
            assert_eq!(
                berlin.next(at(now)).map(|it| it.from),
                Some(at(from)),
                "{now}"
            );
        }
    }

    #[test]
    fn an_hour_that_is_skipped_begins_where_the_clocks_go_on() {
        let berlin = weekly(r#"["Sun"]"#, "02:30:00", "Europe/Berlin");
        let next = berlin.next(at("2026-03-29T00:00:00Z"));
        assert_eq!(next.map(|it| it.from), Some(at("2026-03-29T01:00:00Z")));
    }

    #[test]
    fn a_month_without_the_day_has_no_window() {
        let json = r#"{"repeat":"monthly","days":[31],"at":"00:00:00","duration_min":1440}"#;
        let when: When = serde_json::from_str(json).expect("a window");
        let next = when.next(at("2026-04-01T00:00:00Z"));
        assert_eq!(next.map(|it| it.from), Some(at("2026-05-31T00:00:00Z")));
        assert!(when.current(at("2026-05-31T23:59:59Z")).is_some());
        assert!(when.current(at("2026-06-01T00:00:00Z")).is_none());
    }

    #[test]
    fn what_was_once_is_over_for_good() {
        let once = When::Once {
            from: at("2026-11-20T00:00:00Z"),
            to: at("2026-11-20T01:00:00Z"),
        };
        assert!(once.current(at("2026-11-20T00:00:00Z")).is_some());
        assert_eq!(once.next(at("2026-11-20T01:00:00Z")), None);
    }

    #[test]
    fn clocks_of_a_zone_tell_an_instant() {
        let shown = |text: &str| text.parse::<NaiveDateTime>().expect("a local time");
        for (local, expected) in [
            ("2026-11-23T02:00:00", "2026-11-23T01:00:00Z"),
            ("2026-07-01T02:00:00", "2026-07-01T00:00:00Z"),
            ("2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
        ] {
            assert_eq!(
                instant(shown(local), "Europe/Berlin"),
                Ok(at(expected)),
                "{local}"
            );
        }
        assert!(instant(shown("2026-11-23T02:00:00"), "Mars/Base").is_err());
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        assert!(
            weekly(r#"["Mon"]"#, "02:00:00", "Mars/Base")
                .judge_zone()
                .is_err()
        );
        assert_eq!(
            weekly(r#"["Mon"]"#, "02:00:00", "Asia/Tokyo").judge_zone(),
            Ok(())
        );
    }
}
