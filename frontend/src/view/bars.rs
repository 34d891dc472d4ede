//! The bars of a page: one a day, with an answer in words.

use std::fmt::Write as _;

use contract::incident::Incident;
use contract::monitor::{Day, State};

use crate::view::figure::{count, duration};
use crate::view::time;

/// About what one bar takes.
const BUTTON_BYTES: usize = 160;

/// A day as it is drawn and told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// `Up`, `Degraded` for a short outage, `Down` for a long one, `Unknown` when nobody looked.
    pub state: State,
    /// "20 Nov 2026: 99.98 % uptime, down for 14 min; watched 100 % of the day; 1 incident"
    pub label: String,
    /// Down time as a part of the known time, in per cent of the bar's height.
    pub down_share: Option<u8>,
}

/// A row of days as HTML: a page has thousands of them, and a view for each would be most of its work.
/// Only the last one is a stop of the tab key.
pub fn buttons(days: &[Day], incidents: &[Incident]) -> String {
    let mut html = String::with_capacity(days.len() * BUTTON_BYTES);
    for (index, day) in days.iter().enumerate() {
        let Bar {
            state,
            label,
            down_share,
        } = bar(day, incidents);
        let tab = if index + 1 == days.len() { "0" } else { "-1" };
        let part = down_share
            .map(|share| format!(" part-{}", share.div_ceil(20) * 20))
            .unwrap_or_default();
        // Numbers and our own words: nothing in them needs to be escaped.
        let _ = write!(
            html,
            r#"<button type="button" class="day {}{part}" tabindex="{tab}" aria-label="{label}"></button>"#,
            state.as_str(),
        );
    }
    html
}

/// A day's bar; `incidents` are those of its monitor.
pub fn bar(day: &Day, incidents: &[Incident]) -> Bar {
    let uptime = day.uptime;
    let state = match uptime.ratio() {
        None if uptime.maintenance_s > 0 => State::Maintenance,
        None => State::Unknown,
        Some(ratio) if ratio < 0.95 => State::Down,
        Some(ratio) if ratio < 1.0 => State::Degraded,
        Some(_) => State::Up,
    };
    Bar {
        state,
        label: label(day, incidents),
        down_share: down_share(day),
    }
}

fn label(day: &Day, incidents: &[Incident]) -> String {
    let date = time::date(day.date);
    let uptime = day.uptime;
    if uptime.ratio().is_none() {
        return if uptime.maintenance_s > 0 {
            format!("{date}: maintenance")
        } else {
            format!("{date}: nobody looked, so nothing is known")
        };
    }
    let mut label = format!("{date}: {} uptime", uptime.percent());
    if uptime.down_s > 0 {
        let _ = write!(label, ", down for {}", duration(uptime.down_s));
    }
    if uptime.maintenance_s > 0 {
        let _ = write!(
            label,
            ", maintenance for {}",
            duration(uptime.maintenance_s)
        );
    }
    let _ = write!(label, "; watched {} % of the time", coverage(day));
    let told = incidents_of(day, incidents);
    if told > 0 {
        let _ = write!(label, "; {}", count(told, "incident"));
    }
    label
}

/// Per cent, floored like uptime: a day with a gap never reads as fully watched.
fn coverage(day: &Day) -> i64 {
    let known = day.uptime.up_s + day.uptime.down_s;
    let expected = known + day.uptime.unknown_s;
    known * 100 / expected.max(1)
}

fn incidents_of(day: &Day, incidents: &[Incident]) -> usize {
    incidents
        .iter()
        .filter(|incident| {
            let ended = incident.resolved_at.map(|at| at.date_naive());
            incident.started_at.date_naive() <= day.date
                && ended.is_none_or(|ended| ended >= day.date)
        })
        .count()
}

/// At least a fifth of the bar, so that a minute's outage can be seen.
fn down_share(day: &Day) -> Option<u8> {
    let known = day.uptime.up_s + day.uptime.down_s;
    if day.uptime.down_s == 0 || known == 0 {
        return None;
    }
    let share = (day.uptime.down_s * 100 / known).clamp(20, 100);
    u8::try_from(share).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::monitor::Uptime;

    fn day(up_s: i64, down_s: i64, unknown_s: i64) -> Day {
        Day {
            date: "2026-11-20".parse().expect("a date"),
            uptime: Uptime {
                up_s,
                down_s,
                unknown_s,
                maintenance_s: 0,
            },
        }
    }

    #[test]
    fn a_good_day_is_whole_and_says_how_well_it_was_watched() {
        let bar = bar(&day(86_000, 0, 400), &[]);
        assert_eq!(bar.state, State::Up);
        assert_eq!(
            bar.label,
            "20 Nov 2026: 100 % uptime; watched 99 % of the time"
        );
        assert_eq!(bar.down_share, None);
    }

    #[test]
    fn a_short_outage_can_be_seen_and_is_never_rounded_away() {
        let bar = bar(&day(86_399, 1, 0), &[]);
        assert_eq!((bar.state, bar.down_share), (State::Degraded, Some(20)));
        assert!(bar.label.contains("99.99 % uptime, down for 1 s"));
    }

    #[test]
    fn a_long_outage_is_down() {
        assert_eq!(bar(&day(40_000, 46_400, 0), &[]).state, State::Down);
    }

    #[test]
    fn a_row_is_one_stop_of_the_tab_key() {
        let html = buttons(&[day(86_000, 400, 0), day(86_400, 0, 0)], &[]);
        let buttons: Vec<_> = html.split_inclusive("</button>").collect();
        assert!(buttons[0].starts_with(
            r#"<button type="button" class="day degraded part-20" tabindex="-1" aria-label="20 Nov 2026: 99.53 % uptime, "#
        ));
        assert!(buttons[1].contains(r#"class="day up" tabindex="0""#));
        assert_eq!(buttons.len(), 2);
    }

    #[test]
    fn a_day_nobody_looked_is_neither_good_nor_bad() {
        let bar = bar(&day(0, 0, 86_400), &[]);
        assert_eq!((bar.state, bar.down_share), (State::Unknown, None));
        assert!(bar.label.contains("nobody looked"));
    }
}
