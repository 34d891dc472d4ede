//! What people are told of alerts.

use chrono::{DateTime, Utc};
use contract::alert::{Opened, Reminded, Resolved, Subject};
use contract::channel::Content;
use contract::rule::describe;

use super::content::duration;

pub(super) fn opened(opened: &Opened) -> Content {
    let since = opened.subject.started_at.format("%H:%M:%S UTC");
    let text = format!("{} (since {since}).", sentence(&opened.reason));
    content("alert.opened", &opened.subject, None, text, opened.at)
}

pub(super) fn reminded(reminded: &Reminded) -> Content {
    let lasts = (reminded.at - reminded.subject.started_at).num_seconds();
    let text = format!("{} (for {}).", sentence(&reminded.reason), duration(lasts));
    let suffix = Some("still");
    content(
        "alert.reminded",
        &reminded.subject,
        suffix,
        text,
        reminded.at,
    )
}

/// `None` where nobody wants to hear of a recovery.
pub(super) fn resolved(resolved: &Resolved) -> Option<Content> {
    let lasted = (resolved.resolved_at - resolved.subject.started_at).num_seconds();
    let text = format!("Resolved after {} ({}).", duration(lasted), resolved.reason);
    let suffix = Some("resolved");
    let at = resolved.resolved_at;
    let content = content("alert.resolved", &resolved.subject, suffix, text, at);
    resolved.notify.then_some(content)
}

fn content(
    kind: &str,
    subject: &Subject,
    suffix: Option<&str>,
    text: String,
    at: DateTime<Utc>,
) -> Content {
    let name = describe(&subject.rule_name, &subject.labels);
    Content {
        kind: kind.to_owned(),
        title: suffix.map_or(name.clone(), |suffix| format!("{name}: {suffix}")),
        text,
        thread: Some(subject.alert.0),
        incident: None,
        monitor: subject.monitor,
        at,
    }
}

/// With a capital letter.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
