//! Planned work as typed, read into when it is, and written back to be changed.

use chrono::{DateTime, NaiveDateTime, NaiveTime, Timelike, Utc, Weekday};
use contract::id::MonitorId;
use contract::maintenance::{Spec, Time, When};
use contract::problem::FieldError;
use serde::{Deserialize, Serialize};

use crate::view::form::{Reader, listed};
use crate::view::span;

/// Every field is text, as browsers send it without a script; those of other rhythms are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MaintenanceForm {
    pub name: String,
    pub description: String,
    /// All monitors where none is named.
    pub monitors: Vec<String>,
    /// `once`, `weekly` or `monthly`.
    pub repeat: String,
    /// `2026-11-23T02:00`, by the clocks of the zone.
    pub from: String,
    pub to: String,
    /// `Mon`
    pub weekdays: Vec<String>,
    /// Of the month, separated by commas.
    pub days: String,
    /// `02:00`
    pub at: String,
    pub duration_min: String,
    pub time_zone: String,
}

pub const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Mon"),
    (Weekday::Tue, "Tue"),
    (Weekday::Wed, "Wed"),
    (Weekday::Thu, "Thu"),
    (Weekday::Fri, "Fri"),
    (Weekday::Sat, "Sat"),
    (Weekday::Sun, "Sun"),
];

impl Default for MaintenanceForm {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            name: String::new(),
            description: String::new(),
            monitors: vec![],
            repeat: text("once"),
            from: String::new(),
            to: String::new(),
            weekdays: vec![],
            days: String::new(),
            at: text("02:00"),
            duration_min: text("1 h"),
            time_zone: text("UTC"),
        }
    }
}

impl MaintenanceForm {
    /// The window it describes, or all that cannot be read. `instant` tells what time it is in UTC when clocks of a zone show
    /// something; the rules of a window itself are checked by the store.
    pub fn read(
        &self,
        instant: impl Fn(NaiveDateTime, &str) -> Option<DateTime<Utc>>,
    ) -> Result<Spec, Vec<FieldError>> {
        let mut reader = Reader::default();
        let monitors = self.monitors.iter();
        let monitors = monitors.filter_map(|id| reader.parsed("monitors", id, "choose monitors"));
        let monitors: Vec<MonitorId> = monitors.collect();
        let when = match self.repeat.as_str() {
            "once" => self.once(&mut reader, instant),
            "weekly" => self.weekly(&mut reader),
            "monthly" => self.monthly(&mut reader),
            other => {
                reader.wrong("repeat", format!("there is no rhythm {other}"));
                None
            }
        };
        reader.done(when.map(|when| Spec {
            name: self.name.trim().to_owned(),
            description: self.description.trim().to_owned(),
            monitors,
            when,
        }))
    }

    fn once(
        &self,
        reader: &mut Reader,
        instant: impl Fn(NaiveDateTime, &str) -> Option<DateTime<Utc>>,
    ) -> Option<When> {
        let zone = self.time_zone.trim();
        let mut read = |field: &str, text: &str| {
            let local = moment(text);
            if local.is_none() {
                reader.wrong(field, "write day and time, such as 2026-11-23T02:00");
            }
            let at = instant(local?, zone);
            if at.is_none() {
                reader.wrong(
                    "time_zone",
                    format!("there is no time zone {zone:?}; names are like Europe/Berlin"),
                );
            }
            at
        };
        let (from, to) = (read("from", &self.from), read("to", &self.to));
        Some(When::Once {
            from: from?,
            to: to?,
        })
    }

    fn weekly(&self, reader: &mut Reader) -> Option<When> {
        let days = self.weekdays.iter();
        let days = days.filter_map(|day| reader.one_of("days", day, &WEEKDAYS));
        let days = days.collect();
        let time = self.time(reader)?;
        Some(When::Weekly { days, time })
    }

    fn monthly(&self, reader: &mut Reader) -> Option<When> {
        let days = listed(&self.days)
            .filter_map(|day| reader.parsed("days", day, "write days of the month, such as 1, 15"));
        let days = days.collect();
        let time = self.time(reader)?;
        Some(When::Monthly { days, time })
    }

    fn time(&self, reader: &mut Reader) -> Option<Time> {
        let at = clock(&self.at);
        if at.is_none() {
            reader.wrong("at", "write a time of day, such as 02:00");
        }
        let seconds = reader.seconds("duration_min", &self.duration_min);
        if !seconds.is_multiple_of(60) {
            reader.wrong("duration_min", "write whole minutes, such as 90 min");
        }
        Some(Time {
            at: at?,
            duration_min: seconds / 60,
            time_zone: self.time_zone.trim().to_owned(),
        })
    }

    fn timed(self, time: &Time) -> Self {
        Self {
            at: time.at.format("%H:%M:%S").to_string(),
            duration_min: span::write(time.duration_min.saturating_mul(60)),
            time_zone: time.time_zone.clone(),
            ..self
        }
    }
}

/// What is once is written by the clocks of UTC.
impl From<&Spec> for MaintenanceForm {
    fn from(spec: &Spec) -> Self {
        let form = Self {
            name: spec.name.clone(),
            description: spec.description.clone(),
            monitors: spec.monitors.iter().map(ToString::to_string).collect(),
            ..Self::default()
        };
        match &spec.when {
            When::Once { from, to } => Self {
                from: written(from.naive_utc()),
                to: written(to.naive_utc()),
                ..form
            },
            When::Weekly { days, time } => Self {
                repeat: "weekly".to_owned(),
                weekdays: days.iter().map(ToString::to_string).collect(),
                ..form.timed(time)
            },
            When::Monthly { days, time } => {
                let days: Vec<String> = days.iter().map(ToString::to_string).collect();
                Self {
                    repeat: "monthly".to_owned(),
                    days: days.join(", "),
                    ..form.timed(time)
                }
            }
        }
    }
}

/// Day and time as they stand in a form.
pub fn written(moment: NaiveDateTime) -> String {
    let format = if moment.second() == 0 {
        "%Y-%m-%dT%H:%M"
    } else {
        "%Y-%m-%dT%H:%M:%S"
    };
    moment.format(format).to_string()
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().replace(' ', "T");
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())
}

fn clock(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text.trim(), format).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    /// An hour before UTC, wherever it is; Mars has no clocks.
    fn instant(local: NaiveDateTime, zone: &str) -> Option<DateTime<Utc>> {
        (zone != "Mars").then(|| (local - Duration::hours(1)).and_utc())
    }

    fn form(repeat: &str) -> MaintenanceForm {
        MaintenanceForm {
            name: " Upgrade ".to_owned(),
            repeat: repeat.to_owned(),
            from: "2026-11-23T02:00".to_owned(),
            to: "2026-11-23 03:30".to_owned(),
            weekdays: vec!["Sun".to_owned(), "Wed".to_owned()],
            days: "1, 15".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            ..MaintenanceForm::default()
        }
    }

    #[test]
    fn once_is_between_two_instants_of_a_zone() {
        let spec = form("once").read(instant).expect("readable");
        let text = serde_json::to_value(&spec).expect("JSON");
        assert_eq!(text["from"], "2026-11-23T01:00:00Z");
        assert_eq!(text["to"], "2026-11-23T02:30:00Z");
        assert_eq!(spec.name, "Upgrade");
    }

    #[test]
    fn again_and_again_is_by_the_clocks_of_a_zone() {
        let weekly = form("weekly").read(instant).expect("readable").when;
        let weekly = serde_json::to_value(weekly).expect("JSON");
        assert_eq!(weekly["days"], serde_json::json!(["Sun", "Wed"]));
        assert_eq!(
            (&weekly["at"], &weekly["duration_min"], &weekly["time_zone"]),
            (&"02:00:00".into(), &60.into(), &"Europe/Berlin".into())
        );
        let monthly = form("monthly").read(instant).expect("readable").when;
        let monthly = serde_json::to_value(monthly).expect("JSON");
        assert_eq!(monthly["days"], serde_json::json!([1, 15]));
    }

    #[test]
    fn a_window_of_every_rhythm_reads_back_as_the_same() {
        let utc = |local: NaiveDateTime, _: &str| Some(local.and_utc());
        for repeat in ["once", "weekly", "monthly"] {
            let form = MaintenanceForm {
                description: "Reads only".to_owned(),
                monitors: vec!["01900000-0000-7000-8000-000000000000".to_owned()],
                to: "2026-11-23T03:30:15".to_owned(),
                duration_min: "90 min".to_owned(),
                ..form(repeat)
            };
            let spec = form.read(utc).expect("readable");
            let again = MaintenanceForm::from(&spec).read(utc);
            assert_eq!(again.expect("readable"), spec, "{repeat}");
        }
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let fields = |form: MaintenanceForm| -> Vec<String> {
            let errors = form.read(instant).expect_err("unreadable");
            errors.into_iter().map(|error| error.field).collect()
        };
        let wrong = MaintenanceForm {
            from: "soon".to_owned(),
            time_zone: "Mars".to_owned(),
            ..form("once")
        };
        assert_eq!(fields(wrong), ["from", "time_zone"]);
        let wrong = MaintenanceForm {
            days: "first".to_owned(),
            at: "2".to_owned(),
            duration_min: "90 s".to_owned(),
            ..form("monthly")
        };
        assert_eq!(fields(wrong), ["days", "at", "duration_min"]);
        assert_eq!(fields(form("yearly")), ["repeat"]);
    }
}
