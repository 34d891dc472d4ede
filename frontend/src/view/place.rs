//! Where a list goes on, in the address of its page.

use chrono::SecondsFormat;
use contract::alert::Alert;
use contract::channel::Delivery;
use contract::incident::Incident;
use contract::listing::Place;

/// How many to read for a page of a list: one more than are shown at once, so that it is known whether there are older ones.
pub const READ: u32 = 51;
const SHOWN: usize = READ as usize - 1;

/// The place of an incident among those of its tenant.
pub fn of_incident(incident: &Incident) -> Place {
    Place {
        open: incident.resolved_at.is_none(),
        at: incident.started_at,
        id: incident.id.0,
    }
}

/// The place of an alert among those of its tenant or its rule.
pub fn of_alert(alert: &Alert) -> Place {
    Place {
        open: alert.resolved_at.is_none(),
        at: alert.opened_at,
        id: alert.id.0,
    }
}

/// The place of an attempt in the delivery log of its channel.
pub fn of_delivery(delivery: &Delivery) -> Place {
    Place {
        open: false,
        at: delivery.at,
        id: delivery.notification.0,
    }
}

/// A place as the query of a page.
pub fn write(place: Place) -> String {
    let Place { open, at, id } = place;
    let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    format!("before={at}&id={id}&open={open}")
}

/// The place that the query of a page names.
pub fn read(query: impl Fn(&str) -> Option<String>) -> Option<Place> {
    Some(Place {
        open: query("open")?.parse().ok()?,
        at: query("before")?.parse().ok()?,
        id: query("id")?.parse().ok()?,
    })
}

/// What is shown at once of what was read.
pub fn shown<T>(all: &[T]) -> &[T] {
    &all[..all.len().min(SHOWN)]
}

/// Behind which item of a list the next piece begins, if there are more than are shown at once.
pub fn behind<T>(all: &[T], place: impl Fn(&T) -> Place) -> Option<Place> {
    let last = shown(all).last().filter(|_| all.len() > SHOWN);
    last.map(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            open: true,
            at: "2026-11-20T10:00:00.123456Z".parse().expect("an instant"),
            id: "01900000-0000-7000-8000-000000000000"
                .parse()
                .expect("an id"),
        }
    }

    #[test]
    fn a_place_survives_as_a_query() {
        let written = write(place());
        let query = |name: &str| {
            let mut pairs = written.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_owned())
        };
        assert_eq!(read(query), Some(place()));
        assert_eq!(read(|_| None), None);
    }

    #[test]
    fn a_list_goes_on_only_where_there_is_more() {
        let read = [place(); READ as usize];
        assert_eq!(behind(&read, Place::clone), Some(place()));
        assert_eq!(behind(shown(&read), Place::clone), None);
        assert_eq!(behind(&[], Place::clone), None);
    }
}
