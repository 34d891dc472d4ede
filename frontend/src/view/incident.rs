//! Incidents in lists.

use contract::incident::Incident;

use crate::view::state::incident_word;

/// What was said last of an incident.
pub fn latest(incident: &Incident) -> Option<String> {
    let said = incident.updates.first()?;
    (!said.body.is_empty()).then(|| said.body.clone())
}

/// Whether every word typed occurs in the title, the status or what was said.
pub fn matches(incident: &Incident, typed: &str) -> bool {
    let bodies = incident.updates.iter().map(|update| update.body.as_str());
    let mut text = incident.title.clone();
    for part in bodies.chain([incident_word(incident.status).as_str()]) {
        text.push('\n');
        text.push_str(part);
    }
    let text = text.to_lowercase();
    let typed = typed.to_lowercase();
    typed.split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_filters_by_title_words_and_status() {
        let incident: Incident = serde_json::from_str(
            r#"{"id":"01900000-0000-7000-8000-000000000000","monitor":null,"title":"Payments are slow","status":"monitoring",
            "started_at":"2026-11-20T10:00:00Z","resolved_at":null,"demo":false,
            "updates":[{"status":"monitoring","body":"A fix is out.","at":"2026-11-20T10:10:00Z"}]}"#,
        )
        .expect("an incident");
        assert!(matches(&incident, "pay FIX monitoring"));
        assert!(matches(&incident, ""));
        assert!(!matches(&incident, "pay webhook"));
        assert_eq!(latest(&incident).as_deref(), Some("A fix is out."));
    }
}
