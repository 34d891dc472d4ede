//! The first line of a page: how everything is, and how fresh that is.

use std::sync::Arc;

use chrono::SecondsFormat;
use contract::page::View;
use leptos::prelude::*;

use crate::components::clock::Clock;
use crate::components::icon::StateIcon;
use crate::view::state::{headline, overall};
use crate::view::time::{Precision, instant};

#[component]
pub fn Banner(view: Arc<View>) -> impl IntoView {
    let state = overall(&view);
    let at = view.updated_at;
    let offset = Clock::of_page().offset_minutes(at);
    view! {
        <div class=format!("banner {}", state.as_str()) data-part="banner">
            <h2>
                <StateIcon state />
                {headline(&view)}
            </h2>
            <p class="fresh">
                <span class="dot" aria-hidden="true"></span>
                <span>
                    "updated "
                    <time datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) data-ago>
                        {instant(at, offset, Precision::Second)}
                    </time>
                    <span data-connection></span>
                </span>
            </p>
        </div>
    }
}
