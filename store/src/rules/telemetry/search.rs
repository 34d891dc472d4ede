//! Whether a trace is one that is looked for, and what is said of it in a line.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use contract::telemetry::{Group, Search, Span, Summary, TraceId};

use super::terms;

/// The pieces of one trace that are stored, each with the start of its row in microseconds.
pub(crate) type Pieces = Vec<(i64, Vec<Group>)>;

/// What every piece with a span that is looked for has.
pub(crate) fn required(search: &Search) -> Vec<i32> {
    let service = search.service.as_deref().map(terms::service);
    let operation = search.operation.as_deref().map(terms::operation);
    let attribute = search
        .attribute()
        .map(|(name, value)| terms::attribute(name, value));
    [service, operation, attribute]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether the durations that are looked for are those of whole traces.
pub(crate) fn is_of_traces(search: &Search) -> bool {
    required(search).is_empty()
}

/// Where in the order of the found a trace stands: the start of its latest piece that matches. `None` if it is not looked for.
pub(crate) fn place(search: &Search, pieces: &Pieces, summary: &Summary) -> Option<i64> {
    let latest = |matching: &dyn Fn(&[Group]) -> bool| {
        let matched = pieces.iter().filter(|(_, groups)| matching(groups));
        matched.map(|(at_us, _)| *at_us).max()
    };
    if !is_of_traces(search) {
        return latest(&|groups| {
            any(groups, |service, group, span| {
                matches(search, service, group, span)
            })
        });
    }
    let long_enough = within(search, summary.duration_us);
    let failed = !search.error || summary.errors > 0;
    if !(long_enough && failed) {
        return None;
    }
    latest(&|groups| any(groups, |_, _, _| true))
}

fn any(groups: &[Group], mut matching: impl FnMut(&str, &Group, &Span) -> bool) -> bool {
    groups.iter().any(|group| {
        let mut spans = group.spans.iter();
        spans.any(|span| matching(&group.resource.service, group, span))
    })
}

fn matches(search: &Search, service: &str, group: &Group, span: &Span) -> bool {
    let named = |wanted: &Option<String>, name: &str| wanted.as_deref().is_none_or(|it| it == name);
    let said = search.attribute().is_none_or(|(name, value)| {
        let found = span.attributes.get(name);
        let found = found.or_else(|| group.resource.attributes.get(name));
        found.is_some_and(|found| found.to_string() == value)
    });
    named(&search.service, service)
        && named(&search.operation, &span.name)
        && said
        && (!search.error || span.failed())
        && within(search, span.duration_us)
}

fn within(search: &Search, duration_us: u64) -> bool {
    search.min_duration_us.is_none_or(|min| duration_us >= min)
        && search.max_duration_us.is_none_or(|max| duration_us <= max)
}

/// A trace in one line. `None` where it has no spans.
pub(crate) fn summary(id: TraceId, pieces: &Pieces) -> Option<Summary> {
    let mut spans: BTreeMap<_, (&str, &Span)> = BTreeMap::new();
    for group in pieces.iter().flat_map(|(_, groups)| groups) {
        for span in &group.spans {
            spans.insert(span.span_id, (&group.resource.service, span));
        }
    }
    let root = spans.values().min_by_key(|(_, span)| {
        let is_child = span
            .parent_id
            .is_some_and(|parent| spans.contains_key(&parent));
        (is_child, span.start_us)
    })?;
    let start_us = spans.values().map(|(_, span)| span.start_us).min()?;
    let end_us = spans.values().map(|(_, span)| span.end_us()).max()?;
    let services: BTreeSet<&str> = spans.values().map(|(service, _)| *service).collect();
    Some(Summary {
        id,
        service: root.0.to_owned(),
        operation: root.1.name.clone(),
        start_us,
        duration_us: u64::try_from(end_us.saturating_sub(start_us)).unwrap_or_default(),
        spans: spans.len(),
        errors: spans.values().filter(|(_, span)| span.failed()).count(),
        services: services.into_iter().map(str::to_owned).collect(),
    })
}
