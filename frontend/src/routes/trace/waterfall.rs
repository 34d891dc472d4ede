//! The rows of a trace, with arrows over them.

use contract::telemetry::{Log, Placed};
use leptos::either::Either;
use leptos::prelude::*;

use crate::view::trace::{Arrow, Content, Picture, Row, length};

/// The height of a row in pixels; `style/traces.css` knows it, too.
const ROW: usize = 28;

#[component]
pub fn Waterfall(picture: Picture) -> impl IntoView {
    let length_us = picture.length_us;
    let ticks = [0_u64, 1, 2, 3].map(|n| view! { <span>{length(length_us * n / 4)}</span> });
    let height = picture.rows.len() * ROW;
    let arrows = picture.arrows.iter().map(arrow).collect_view();
    let rows = picture.rows.into_iter().map(row).collect_view();
    view! {
        <div class="trace" tabindex="0" role="group" aria-label="Spans">
            <div class="trace-axis" aria-hidden="true">{ticks.into_iter().collect_view()}</div>
            <ol class="trace-rows">{rows}</ol>
            <svg class="trace-arrows" height=height aria-hidden="true">
                <defs>
                    <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                        <path d="M0 0.5L8 4L0 7.5z" />
                    </marker>
                </defs>
                {arrows}
            </svg>
        </div>
    }
}

fn arrow(arrow: &Arrow) -> impl IntoView + use<> {
    let middle = |row: usize| row * ROW + ROW / 2;
    view! {
        <line
            x1=format!("{:.2}%", arrow.from)
            y1=middle(arrow.from_row)
            x2=format!("{:.2}%", arrow.to)
            y2=middle(arrow.to_row)
            marker-end="url(#head)"
        />
    }
}

fn row(row: Row) -> impl IntoView {
    let indent = format!("padding-left: {}px", 8 + row.depth.min(24) * 12);
    let class = format!("hue-{}", row.hue);
    let (from, share) = (format!("{:.2}%", row.from), format!("{:.2}%", row.share));
    match row.content {
        Content::Span(one) => {
            Either::Left(span_row(*one, class, indent, from, share, row.waited_us))
        }
        Content::Log(log) => Either::Right(log_row(&log, class, indent, from)),
    }
}

fn span_row(
    one: Placed,
    class: String,
    indent: String,
    from: String,
    share: String,
    waited_us: Option<u64>,
) -> impl IntoView {
    let failed = one.span.failed();
    let class = if failed {
        format!("{class} failed")
    } else {
        class
    };
    let waited = waited_us.map(|us| {
        view! { <span class="waited">{format!("{} in the queue", length(us))}</span> }
    });
    let error = failed.then(|| view! { <span class="tone down">"failed"</span> });
    view! {
        <li class=class>
            <a class="what" style=indent href=format!("?span={}", one.span.span_id) aria-label=format!("{} {}", one.service, one.span.name)>
                <i class="swatch"></i>
                <b>{one.service.clone()}</b>
                <span class="operation">{one.span.name.clone()}</span>
            </a>
            <div class="when">
                <svg class="track" aria-hidden="true">
                    <rect x=from width=share height="100%" rx="2" />
                </svg>
            </div>
            <span class="took">{waited} {error} {length(one.span.duration_us)}</span>
        </li>
    }
}

fn log_row(log: &Log, class: String, indent: String, from: String) -> impl IntoView + use<> {
    let record = &log.record;
    view! {
        <li class=format!("log {class}")>
            <span class="what" style=indent>
                <span class=format!("severity {}", severity(record.severity))>{severity(record.severity)}</span>
                <span class="operation">{record.body.clone()}</span>
            </span>
            <div class="when">
                <svg class="track" aria-hidden="true">
                    <circle cx=from cy="50%" r="4" />
                </svg>
            </div>
            <span class="took"></span>
        </li>
    }
}

/// OpenTelemetry's number as a word.
pub(super) fn severity(number: u8) -> &'static str {
    match number {
        17.. => "error",
        13..=16 => "warning",
        9..=12 => "info",
        _ => "debug",
    }
}
