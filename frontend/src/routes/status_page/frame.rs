//! What stands above and below a page.

use std::sync::Arc;

use contract::page::{View, Visibility};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};

use crate::components::icon::Mark;
use crate::components::theme::ThemeSwitch;
use crate::view::time::zone;

/// The page's face, and what machines are told of it.
#[component]
pub fn Head(view: Arc<View>, base: String) -> impl IntoView {
    let title = format!("{} status", view.title);
    let about = if view.description.is_empty() {
        format!(
            "How {} does now, its uptime of the last 90 days, and its incidents.",
            view.title
        )
    } else {
        view.description.clone()
    };
    let draft = view.visibility == Visibility::Draft;
    let home = home(&base);
    view! {
        <Title text=title.clone() />
        <Meta name="description" content=about />
        {(!view.listed).then(|| view! { <Meta name="robots" content="noindex" /> })}
        <Link
            rel="alternate"
            type_="application/rss+xml"
            title=title.clone()
            href=format!("{base}/history.rss")
        />
        <Link
            rel="alternate"
            type_="application/atom+xml"
            title=title
            href=format!("{base}/history.atom")
        />
        {draft
            .then(|| {
                view! {
                    <p class="note">
                        "A preview: this page is a draft, and nobody but members can see it."
                    </p>
                }
            })}
        <header>
            <div>
                <h1>
                    <a class="row" href=home>
                        <Face base logo=view.logo />
                        {view.title.clone()}
                    </a>
                </h1>
                {(!view.description.is_empty())
                    .then(|| view! { <p class="quiet-text">{view.description.clone()}</p> })}
            </div>
            <ThemeSwitch />
        </header>
    }
}

#[component]
fn Face(base: String, logo: Option<i64>) -> impl IntoView {
    match logo {
        Some(version) => Either::Left(view! {
            <img class="logo" src=format!("{base}/logo?v={version}") alt="" height="32" />
        }),
        None => Either::Right(view! { <Mark /> }),
    }
}

/// Other ways to read the page, and by which clocks its times are told.
#[component]
pub fn Foot(offset_minutes: i32, base: String) -> impl IntoView {
    view! {
        <footer>
            <ul class="row">
                <li><a href=format!("{base}/history")>"History"</a></li>
                <li><a href=format!("{base}/history.rss")>"RSS"</a></li>
                <li><a href=format!("{base}/history.atom")>"Atom"</a></li>
                <li><a href=format!("{base}/api/v2/summary.json")>"JSON"</a></li>
            </ul>
            <p>
                "Times are given in " <span data-zone>{zone(offset_minutes)}</span>
                ". Days are counted in UTC. A page of Overseer."
            </p>
        </footer>
    }
}

/// The page's own path.
pub fn home(base: &str) -> String {
    if base.is_empty() { "/" } else { base }.to_owned()
}
