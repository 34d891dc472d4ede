//! Incidents by the month in which they began.

use chrono::TimeDelta;
use contract::incident::Incident;

/// "November 2026" and its incidents, by clocks that are this far from UTC. They come the newest first.
pub fn by_month(incidents: Vec<Incident>, offset_minutes: i32) -> Vec<(String, Vec<Incident>)> {
    let mut months: Vec<(String, Vec<Incident>)> = Vec::new();
    for incident in incidents {
        let local = incident.started_at + TimeDelta::minutes(offset_minutes.into());
        let month = local.format("%B %Y").to_string();
        match months.last_mut() {
            Some((last, of_it)) if *last == month => of_it.push(incident),
            _ => months.push((month, vec![incident])),
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use contract::incident::Status;

    use super::*;

    fn incident(began: &str) -> Incident {
        serde_json::from_value(serde_json::json!({
            "id": "00000000-0000-0000-0000-000000000001", "monitor": null, "title": "a",
            "status": Status::Resolved, "started_at": began, "resolved_at": began, "updates": [], "demo": false,
        }))
        .expect("an incident")
    }

    #[test]
    fn a_month_ends_where_the_readers_clocks_say() {
        let all = [
            "2026-11-30T23:30:00Z",
            "2026-11-30T22:30:00Z",
            "2026-10-01T12:00:00Z",
        ];
        let months = by_month(all.map(incident).to_vec(), 60);
        let told: Vec<_> = months
            .iter()
            .map(|(month, of_it)| (month.as_str(), of_it.len()))
            .collect();
        assert_eq!(
            told,
            [
                ("December 2026", 1),
                ("November 2026", 1),
                ("October 2026", 1)
            ]
        );
    }
}
