//! The audit log in words.

use contract::audit::{Actor, ActorKind, Entry};

/// Who it was: "Ada", "token CI", "agent of web-1".
pub fn who(actor: &Actor) -> String {
    match actor.kind {
        ActorKind::Person | ActorKind::Unknown => actor.name.clone(),
        ActorKind::Token => format!("token {}", actor.name),
        ActorKind::Agent => format!("agent of {}", actor.name),
    }
}

/// What was done: "created the monitor Public API", "changed the member Bob from viewer to editor".
pub fn what(entry: &Entry) -> String {
    let detail = entry.detail.as_deref().unwrap_or_default();
    let is_own = entry.entity_id == entry.actor.id;
    match (entry.entity.as_str(), entry.verb.as_str()) {
        ("member", "joined") => format!("joined as {detail}"),
        ("member", "left") => "left".to_owned(),
        ("member", "changed") if is_own => format!("changed their own role {detail}"),
        ("member", "changed") => format!("changed the member {} {detail}", entry.entity_name),
        ("invitation", "created") => format!("invited {} as {detail}", whom(entry)),
        ("invitation", "deleted") => format!("withdrew the invitation of {}", whom(entry)),
        (entity, verb) => {
            let name = &entry.entity_name;
            let said = format!("{verb} the {entity} {name}");
            match detail {
                "" => said,
                detail => format!("{said} ({detail})"),
            }
        }
    }
}

fn whom(entry: &Entry) -> &str {
    match entry.entity_name.as_str() {
        "" => "somebody",
        email => email,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn entry(verb: &str, entity: &str, name: &str, detail: Option<&str>) -> Entry {
        Entry {
            id: 1,
            at: DateTime::UNIX_EPOCH,
            actor: Actor {
                kind: ActorKind::Person,
                id: Uuid::from_u128(1),
                name: "Ada".to_owned(),
            },
            verb: verb.to_owned(),
            entity: entity.to_owned(),
            entity_id: Uuid::from_u128(2),
            entity_name: name.to_owned(),
            detail: detail.map(str::to_owned),
        }
    }

    #[test]
    fn an_entry_reads_as_a_sentence() {
        for (entry, sentence) in [
            (
                entry("created", "monitor", "API", None),
                "created the monitor API",
            ),
            (
                entry("changed", "rule", "Hot", Some("was called Warm")),
                "changed the rule Hot (was called Warm)",
            ),
            (
                entry("changed", "member", "Bob", Some("from viewer to editor")),
                "changed the member Bob from viewer to editor",
            ),
            (
                entry("joined", "member", "Ada", Some("viewer")),
                "joined as viewer",
            ),
            (
                entry("created", "invitation", "", Some("admin")),
                "invited somebody as admin",
            ),
            (
                entry("removed", "member", "Bob", Some("editor")),
                "removed the member Bob (editor)",
            ),
        ] {
            assert_eq!(what(&entry), sentence);
        }
    }

    #[test]
    fn programs_are_told_from_people() {
        let actor = |kind| Actor {
            kind,
            id: Uuid::from_u128(1),
            name: "CI".to_owned(),
        };
        let told = [ActorKind::Person, ActorKind::Token, ActorKind::Agent];
        let told = told.map(|kind| who(&actor(kind)));
        assert_eq!(told, ["CI", "token CI", "agent of CI"]);
    }
}
