//! RSS 2.0.

use super::{Entry, Feed, escape};

pub(super) fn write(feed: &Feed<'_>) -> String {
    let title = escape(&format!("{} status", feed.view.title));
    let (url, updated) = (escape(&feed.url), feed.view.updated_at.to_rfc2822());
    let own = escape(&format!("{}/history.rss", feed.url.trim_end_matches('/')));
    let items: String = feed.entries.iter().map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>{title}</title><link>{url}</link>\
        <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{own}\"/>\
        <description>{title}</description><lastBuildDate>{updated}</lastBuildDate>{items}</channel></rss>\n"
    )
}

fn item(entry: &Entry) -> String {
    let (title, link) = (escape(&entry.title), escape(&entry.link));
    let (id, published) = (entry.id, entry.published_at.to_rfc2822());
    let content = escape(&entry.content);
    format!(
        "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">urn:uuid:{id}</guid>\
        <pubDate>{published}</pubDate><description>{content}</description></item>"
    )
}
