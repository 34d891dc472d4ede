//! Who speaks to whom, drawn by the server.

use contract::telemetry::{Edge, Load, Map};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api;
use crate::components::problem::Refusal;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::period::{self, PERIODS};
use crate::view::service_map::{Curve, HEIGHT, Placed, WIDTH, draw, rate};
use crate::view::trace::{hue, length};

#[component]
pub fn Services() -> impl IntoView {
    let tenant = Tenant::of_page();
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        let name = query.with(|query| query.get("period"));
        period::named(name.as_deref().unwrap_or("15m"))
    });
    let map = Resource::new(
        move || (tenant.slug.get(), chosen.get().length_ms),
        move |(_, length_ms)| async move { api::service_map(tenant.id()?, length_ms).await },
    );
    let periods = PERIODS[..4].iter().map(move |one| {
        let current = move || (chosen.get() == *one).then_some("page");
        view! { <a href=format!("?period={}", one.name) aria-current=current>{one.label}</a> }
    });
    view! {
        <Title text="Services" />
        <header class="row apart">
            <h1>"Services"</h1>
            <nav class="row" aria-label="Period">{periods.collect_view()}</nav>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                match map.await {
                    Ok(map) => Either::Left(view! { <Whole tenant map /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Whole(tenant: Tenant, map: Map) -> impl IntoView {
    if map.nodes.is_empty() {
        return Either::Left(view! {
            <p class="quiet-text">"No service was seen in this time."</p>
        });
    }
    let drawing = draw(&map);
    let seconds = (map.to_ms - map.from_ms) / 1_000;
    let rows = map.edges.into_iter().map(line).collect_view();
    let edges = drawing.edges.into_iter().map(curve).collect_view();
    let nodes = drawing
        .nodes
        .into_iter()
        .map(|one| node(tenant, one))
        .collect_view();
    let size = (drawing.width, drawing.height);
    Either::Right(view! {
        <div class="service-map card" tabindex="0" role="group" aria-label="Map of services">
            <svg width=size.0 height=size.1 viewBox=format!("0 0 {} {}", size.0, size.1) role="group" aria-label="Who speaks to whom; the table below says the same">
                <defs>
                    <marker id="edge-head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                        <path d="M0 0.5L8 4L0 7.5z" />
                    </marker>
                </defs>
                {edges}
                {nodes}
            </svg>
        </div>
        <p class="quiet-text small">
            {format!("Of the last {}. Dashed: by messages, which nobody waits for.", crate::view::figure::duration(seconds))}
        </p>
        <section aria-labelledby="edges">
            <h2 id="edges">"Who speaks to whom"</h2>
            <div class="table" tabindex="0" role="group" aria-labelledby="edges">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"From"</th>
                            <th scope="col">"To"</th>
                            <th scope="col">"How"</th>
                            <th scope="col" class="number">"Rate"</th>
                            <th scope="col" class="number">"Errors"</th>
                            <th scope="col" class="number">"p50"</th>
                            <th scope="col" class="number">"p95"</th>
                            <th scope="col" class="number">"p99"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    })
}

fn node(tenant: Tenant, one: Placed) -> impl IntoView {
    let (x, y) = (one.x, one.y);
    let href = tenant.path(&format!("/traces?service={}", one.service));
    let idle = one.load.per_s <= 0.0;
    let told = if idle {
        String::new()
    } else {
        figures(&one.load)
    };
    let class = format!("node hue-{}", hue(&one.service));
    view! {
        <a href=href class=class class:failing={one.load.error_share > 0.0}>
            <rect x=x y=y width=WIDTH height=HEIGHT rx="6" />
            <rect class="edge-of-node" x=x y=y width="4" height=HEIGHT rx="2" />
            <text x={x + 16} y={y + 27} class="name">{one.service}</text>
            <text x={x + 16} y={y + 48}>{told}</text>
        </a>
    }
}

fn curve(one: Curve) -> impl IntoView {
    let class = if one.edge.asynchronous {
        "edge asynchronous"
    } else {
        "edge"
    };
    view! {
        <path class=class class:failing={one.edge.load.error_share > 0.0} d=one.path marker-end="url(#edge-head)" />
        <text x=one.label.0 y=one.label.1 class="edge-label">{rate(one.edge.load.per_s)}</text>
    }
}

fn figures(load: &Load) -> String {
    let errors = if load.error_share > 0.0 {
        format!(", {} failed", share(load))
    } else {
        String::new()
    };
    format!("{}, p95 {}{errors}", rate(load.per_s), length(load.p95_us))
}

fn share(load: &Load) -> String {
    format!("{:.1} %", load.error_share * 100.0)
}

fn line(edge: Edge) -> impl IntoView {
    let how = if edge.asynchronous {
        "by message"
    } else {
        "asks"
    };
    let load = edge.load;
    view! {
        <tr>
            <th scope="row">{edge.from}</th>
            <td>{edge.to}</td>
            <td>{how}</td>
            <td class="number">{rate(load.per_s)}</td>
            <td class="number">{share(&load)}</td>
            <td class="number">{length(load.p50_us)}</td>
            <td class="number">{length(load.p95_us)}</td>
            <td class="number">{length(load.p99_us)}</td>
        </tr>
    }
}
