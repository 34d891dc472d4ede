//! `<page>/history.rss` and `history.atom`: incidents and planned work, for feed readers.

mod atom;
mod rss;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, Utc};
use contract::incident::Incident;
use contract::page::{Planned, View};
use service::problem::ProblemResponse;
use uuid::Uuid;

use super::cached;
use super::page;
use super::place::Place;
use crate::server::Site;
use crate::view::state::incident_word;
use crate::view::time::{Precision, instant};

/// One entry of a feed.
struct Entry {
    id: Uuid,
    title: String,
    link: String,
    published_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// HTML.
    content: String,
}

/// A feed before it is written in one format or the other.
struct Feed<'a> {
    view: &'a View,
    url: String,
    /// The newest first.
    entries: Vec<Entry>,
}

pub(super) async fn rss(
    site: State<Site>,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let media_type = "application/rss+xml; charset=utf-8";
    answer(site, place, headers, media_type, rss::write).await
}

pub(super) async fn atom(
    site: State<Site>,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let media_type = "application/atom+xml; charset=utf-8";
    answer(site, place, headers, media_type, atom::write).await
}

async fn answer(
    State(site): State<Site>,
    place: Place,
    headers: HeaderMap,
    media_type: &'static str,
    write: fn(&Feed<'_>) -> String,
) -> Result<Response, ProblemResponse> {
    let (view, keep) = page::read(&site, &place).await?;
    let feed = feed(&view, place.url());
    let body = write(&feed).into_bytes();
    Ok(cached::document(&headers, media_type, body, keep))
}

fn feed(view: &View, url: String) -> Feed<'_> {
    let incidents = view.incidents.iter().map(|it| of_incident(it, &url));
    let planned = view
        .maintenances
        .iter()
        .map(|it| of_planned(it, view, &url));
    let mut entries: Vec<Entry> = incidents.chain(planned).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.updated_at, entry.id)));
    Feed { view, url, entries }
}

fn of_incident(incident: &Incident, url: &str) -> Entry {
    let updates = incident.updates.iter().map(|update| {
        let (word, body) = (incident_word(update.status), escape(&update.body));
        let at = instant(update.at, 0, Precision::Minute);
        format!("<p><b>{word}</b> ({at})<br/>{body}</p>")
    });
    let newest = incident.updates.first();
    Entry {
        id: incident.id.0,
        title: incident.title.clone(),
        link: format!("{url}#{}", incident.id),
        published_at: incident.started_at,
        updated_at: newest.map_or(incident.started_at, |newest| newest.at),
        content: updates.collect(),
    }
}

fn of_planned(planned: &Planned, view: &View, url: &str) -> Entry {
    let at = |at| instant(at, view.utc_offset_min, Precision::Minute);
    let (from, to) = (at(planned.from), at(planned.to));
    let body = escape(&planned.description);
    let planned_at = planned.planned_at().unwrap_or(planned.from);
    Entry {
        id: planned.id,
        title: format!("Planned work: {}", planned.name),
        link: format!("{url}#{}", planned.id),
        published_at: planned_at,
        updated_at: planned_at,
        content: format!("<p>{from} to {to}</p><p>{body}</p>"),
    }
}

/// For text between tags and in attributes; what no XML may hold is left out.
fn escape(text: &str) -> String {
    let allowed =
        |letter: &char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    let text: String = text.chars().filter(allowed).collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape("a<b>&\"\u{0}\u{b}c"), "a&lt;b&gt;&amp;&quot;c");
    }
}
