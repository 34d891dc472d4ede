//! Atom (RFC 4287).

use super::{Entry, Feed, escape};

pub(super) fn write(feed: &Feed<'_>) -> String {
    let title = escape(&format!("{} status", feed.view.title));
    let (url, updated) = (escape(&feed.url), feed.view.updated_at.to_rfc3339());
    let own = escape(&format!("{}/history.atom", feed.url.trim_end_matches('/')));
    let (id, author) = (feed.view.page, escape(&feed.view.title));
    let entries: String = feed.entries.iter().map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:uuid:{id}</id><title>{title}</title>\
        <link rel=\"alternate\" href=\"{url}\"/><link rel=\"self\" href=\"{own}\"/>\
        <author><name>{author}</name></author><updated>{updated}</updated>{entries}</feed>\n"
    )
}

fn entry(entry: &Entry) -> String {
    let (title, link, id) = (escape(&entry.title), escape(&entry.link), entry.id);
    let published = entry.published_at.to_rfc3339();
    let updated = entry.updated_at.to_rfc3339();
    let content = escape(&entry.content);
    format!(
        "<entry><id>urn:uuid:{id}</id><title>{title}</title><link href=\"{link}\"/><published>{published}</published>\
        <updated>{updated}</updated><content type=\"html\">{content}</content></entry>"
    )
}
