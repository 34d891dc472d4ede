//! The bars of a page: one a day, with an answer in words.

use std::fmt::Write as _;

use contract::incident::Incident;
use contract::monitor::{Day, State};

use crate::view::figure::{count, duration};
use crate::view::time;

/// About what one bar takes.
const BUTTON_BYTES: usize = 120;

/// A row of days as HTML: a page has thousands of them, and a view for each would be most of its work.
/// Only the last one is a stop of the tab key. `incidents` are those of the row's monitor.
pub fn buttons(days: &[Day], incidents: &[Incident]) -> String {
    let mut html = String::with_capacity(days.len() * BUTTON_BYTES);
    for (index, day) in days.iter().enumerate() {
        html.push_str(r#"<button class="day "#);
        html.push_str(state(day).as_str());
        if let Some(share) = down_share(day) {
            let _ = write!(html, " part-{}", share.div_ceil(20) * 20);
        }
        let tab = if index + 1 == days.len() { "0" } else { "-1" };
        html.push_str(r#"" tabindex=""#);
        html.push_str(tab);
        // Numbers and our own words: nothing in them needs to be escaped.
        html.push_str(r#"" aria-label=""#);
        label(&mut html, day, incidents);
        html.push_str(r#""></button>"#);
    }
    html
}

/// `Up`, `Degraded` for a short outage, `Down` for a long one, `Unknown` when nobody looked.
fn state(day: &Day) -> State {
    match day.uptime.ratio() {
        None if day.uptime.maintenance_s > 0 => State::Maintenance,
        None => State::Unknown,
        Some(ratio) if ratio < 0.95 => State::Down,
        Some(ratio) if ratio < 1.0 => State::Degraded,
        Some(_) => State::Up,
    }
}

/// "20 Nov 2026: 99.98 % uptime, down for 14 min; watched 97 % of the time; 1 incident". That somebody looked all day is not said.
fn label(text: &mut String, day: &Day, incidents: &[Incident]) {
    let uptime = day.uptime;
    time::write_date(text, day.date);
    if uptime.ratio().is_none() {
        text.push_str(if uptime.maintenance_s > 0 {
            ": maintenance"
        } else {
            ": nobody looked, so nothing is known"
        });
        return;
    }
    text.push_str(": ");
    uptime.write_percent(text);
    text.push_str(" uptime");
    if uptime.down_s > 0 {
        text.extend([", down for ", &duration(uptime.down_s)]);
    }
    if uptime.maintenance_s > 0 {
        text.extend([", maintenance for ", &duration(uptime.maintenance_s)]);
    }
    if uptime.unknown_s > 0 {
        let _ = write!(text, "; watched {} % of the time", coverage(day));
    }
    let told = incidents_of(day, incidents);
    if told > 0 {
        text.extend(["; ", &count(told, "incident")]);
    }
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

/// Down time as a part of the known time, in per cent of the bar's height: at least a fifth, so that a minute's outage can be seen.
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

    fn told(day: &Day) -> String {
        let mut text = String::new();
        label(&mut text, day, &[]);
        text
    }

    #[test]
    fn a_good_day_is_whole_and_says_how_well_it_was_watched() {
        let day = day(86_000, 0, 400);
        assert_eq!((state(&day), down_share(&day)), (State::Up, None));
        assert_eq!(
            told(&day),
            "20 Nov 2026: 100 % uptime; watched 99 % of the time"
        );
        assert_eq!(
            told(&self::day(86_400, 0, 0)),
            "20 Nov 2026: 100 % uptime",
            "nothing to add"
        );
    }

    #[test]
    fn a_short_outage_can_be_seen_and_is_never_rounded_away() {
        let day = day(86_399, 1, 0);
        assert_eq!((state(&day), down_share(&day)), (State::Degraded, Some(20)));
        assert!(told(&day).contains("99.99 % uptime, down for 1 s"));
    }

    #[test]
    fn a_long_outage_is_down() {
        assert_eq!(state(&day(40_000, 46_400, 0)), State::Down);
    }

    #[test]
    fn a_day_nobody_looked_is_neither_good_nor_bad() {
        let day = day(0, 0, 86_400);
        assert_eq!((state(&day), down_share(&day)), (State::Unknown, None));
        assert!(told(&day).contains("nobody looked"));
    }

    #[test]
    fn a_row_is_one_stop_of_the_tab_key() {
        let html = buttons(&[day(86_000, 400, 0), day(86_400, 0, 0)], &[]);
        let buttons: Vec<_> = html.split_inclusive("</button>").collect();
        assert!(buttons[0].starts_with(
            r#"<button class="day degraded part-20" tabindex="-1" aria-label="20 Nov 2026: 99.53 % uptime, "#
        ));
        assert!(buttons[1].contains(r#"class="day up" tabindex="0""#));
        assert_eq!(buttons.len(), 2);
    }
}
