//! A chart as SVG: drawn on the server, stretched by the browser, read with a cursor once hydrated.

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;

use crate::components::clock::Clock;
use crate::view::plot::{Mark, Plot, Reading};
use crate::view::time::{Precision, at_ms, instant};

/// As many as a phone has room for.
const MARKS_ACROSS: i64 = 5;
/// Shorter than this part of the width is a click.
const SHORTEST_DRAG: f64 = 0.01;

#[component]
pub fn Chart(
    #[prop(into)] plot: Signal<Plot>,
    /// What the chart shows, for people who do not see it.
    #[prop(into)]
    label: String,
    /// Called with the stretch, in Unix milliseconds, that was drawn over with the pointer.
    #[prop(optional, into)]
    on_zoom: Option<Callback<(i64, i64)>>,
    /// Called with the instant, in Unix milliseconds, of the point that was clicked.
    #[prop(optional, into)]
    on_pick: Option<Callback<i64>>,
    /// Called on a double click.
    #[prop(optional, into)]
    on_back: Option<Callback<()>>,
) -> impl IntoView {
    let clock = Clock::of_page();
    let offset = move || clock.offset_minutes(at_ms(plot.with(|plot| plot.to_ms)));
    let cursor = RwSignal::new(None::<f64>);
    // Where the pointer went down, and where it is while it is held.
    let drag = RwSignal::new(None::<(f64, f64)>);
    let press = move |event: PointerEvent| {
        let at = across(&event);
        cursor.set(at);
        if (on_zoom.is_some() || on_pick.is_some()) && event.button() == 0 {
            drag.set(at.map(|at| (at, at)));
        }
    };
    let glide = move |event: PointerEvent| {
        let at = across(&event);
        cursor.set(at);
        drag.update(|drag| *drag = drag.zip(at).map(|((from, _), at)| (from, at)));
    };
    let release = move |_| {
        let drawn = drag.try_update(Option::take).flatten();
        let Some((from, to)) = drawn else { return };
        if (to - from).abs() < SHORTEST_DRAG {
            let read = plot.with(|plot| plot.read(to));
            if let (Some(pick), Some(reading)) = (on_pick, read) {
                pick.run(reading.at_ms);
            }
        } else if let Some(zoom) = on_zoom {
            zoom.run(plot.with(|plot| plot.stretch(from, to)));
        }
    };
    let leave = move |_| {
        cursor.set(None);
        drag.set(None);
    };
    let chosen = move || {
        let (from, to) = drag.get()?;
        Some(view! {
            <svg class="chosen" aria-hidden="true">
                <rect x=percent(from.min(to)) width=percent((to - from).abs()) y="0" height="100%" />
            </svg>
        })
    };
    let reading = Memo::new(move |_| plot.with(|plot| plot.read(cursor.get()?)));
    let lines = move || {
        plot.with(|plot| {
            (0..plot.lines.len())
                .map(|index| view! { <path class=hue(index) d=plot.path(index) /> })
                .collect_view()
        })
    };
    view! {
        <div class="chart">
            <svg class="axis-up" aria-hidden="true">
                {move || plot.with(Plot::marks_up).into_iter().map(beside).collect_view()}
            </svg>
            <div class="plot">
                <svg class="grid" aria-hidden="true">
                    {move || plot.with(Plot::shades_across).into_iter().map(shade).collect_view()}
                    {move || plot.with(Plot::marks_up).into_iter().map(rule).collect_view()}
                    {move || plot.with(Plot::limits_up).into_iter().map(limit).collect_view()}
                </svg>
                <svg
                    class="lines"
                    viewBox="0 0 1000 1000"
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=label
                >
                    <path class="band" d=move || plot.with(Plot::area) />
                    {lines}
                </svg>
                {chosen}
                <div
                    class="touch"
                    on:pointermove=glide
                    on:pointerdown=press
                    on:pointerup=release
                    on:pointerleave=leave
                    on:dblclick=move |_| {
                        if let Some(back) = on_back {
                            back.run(());
                        }
                    }
                ></div>
                {move || reading.get().map(|reading| tip(&reading, offset()))}
            </div>
            <svg class="axis-across" aria-hidden="true">
                {move || {
                    plot.with(|plot| plot.marks_across(offset(), MARKS_ACROSS))
                        .into_iter()
                        .map(below)
                        .collect_view()
                }}
            </svg>
        </div>
    }
}

/// The class that gives the line of that index its hue.
pub fn hue(index: usize) -> String {
    format!("series-{}", index % 8 + 1)
}

fn beside(mark: Mark) -> impl IntoView {
    view! { <text x="100%" y=percent(1.0 - mark.at) dy="0.32em">{mark.label}</text> }
}

fn rule(mark: Mark) -> impl IntoView {
    let y = percent(1.0 - mark.at);
    view! { <line x1="0" x2="100%" y1=y.clone() y2=y></line> }
}

fn shade((from, width): (f64, f64)) -> impl IntoView {
    view! { <rect class="shade" x=percent(from) width=percent(width) y="0" height="100%" /> }
}

fn limit(up: f64) -> impl IntoView {
    let y = percent(1.0 - up);
    view! { <line class="limit" x1="0" x2="100%" y1=y.clone() y2=y></line> }
}

fn below(mark: Mark) -> impl IntoView {
    view! { <text x=percent(mark.at) y="1.1em" text-anchor="middle">{mark.label}</text> }
}

fn tip(reading: &Reading, offset_minutes: i32) -> impl IntoView + use<> {
    let x = percent(reading.across);
    let values = reading.values.iter().map(|(index, label, value)| {
        view! {
            <li class=hue(*index)>
                <i class="swatch"></i>
                <span>{label.clone()}</span>
                <b>{value.clone()}</b>
            </li>
        }
    });
    let side = if reading.across > 0.5 {
        "tip left"
    } else {
        "tip right"
    };
    view! {
        <svg class="cursor" aria-hidden="true">
            <line x1=x.clone() x2=x y1="0" y2="100%"></line>
        </svg>
        <div class=side>
            <p>{instant(at_ms(reading.at_ms), offset_minutes, Precision::Second)}</p>
            <ul>{values.collect_view()}</ul>
        </div>
    }
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

/// Where the pointer is over the plot, 0 to 1 from the left.
fn across(event: &PointerEvent) -> Option<f64> {
    let target = event_target::<HtmlElement>(event);
    let width = f64::from(target.offset_width());
    (width > 0.0).then(|| f64::from(event.offset_x()) / width)
}
