//! Spans carry attributes that are agreed on, and no others: those of the semantic conventions, and our own.

use std::collections::BTreeSet;

use testkit::otlp::Receiver;

/// One name a line; `#` begins a remark.
const AGREED: &str = include_str!("attributes.txt");

pub(crate) fn every_attribute_is_agreed_on(receiver: &Receiver) {
    let agreed = AGREED.lines().map(str::trim);
    let agreed: BTreeSet<&str> = agreed
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let spans = receiver.spans();
    let found = spans.iter().flat_map(|span| span.attributes.keys());
    let unknown: BTreeSet<&str> = found
        .map(String::as_str)
        .filter(|name| !agreed.contains(name))
        .collect();
    assert!(unknown.is_empty(), "not in attributes.txt: {unknown:?}");
}
