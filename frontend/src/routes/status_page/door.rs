//! The door of a page that asks for a password: a form that works without a script.

use contract::page::Cover;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;

use crate::components::icon::Mark;
use crate::components::problem::Problem;
use crate::components::theme::ThemeSwitch;

#[component]
pub fn Door(cover: Cover, base: String) -> impl IntoView {
    let said = use_query_map().with_untracked(|query| query.get("door"));
    let problem = said.and_then(|word| match word.as_str() {
        "wrong" => Some("this is not the password"),
        "wait" => Some("too many wrong passwords; wait a few minutes and try again"),
        _ => None,
    });
    view! {
        <Title text=format!("{} status", cover.title) />
        <Meta name="robots" content="noindex" />
        <div
            class="public"
            style=cover.color.as_ref().map(|color| format!("--brand: {color}"))
        >
            <header>
                <h1 class="row">
                    <Mark />
                    {cover.title}
                </h1>
                <ThemeSwitch />
            </header>
            <main id="main" tabindex="-1">
                <form class="form card" method="post" action=format!("{base}/unlock")>
                    {problem.map(|text| view! { <Problem text /> })}
                    <div class="field">
                        <label for="password">"Password"</label>
                        <input
                            id="password"
                            name="password"
                            type="password"
                            required
                            autocomplete="current-password"
                            aria-describedby="password-help"
                        />
                        <p class="help" id="password-help">
                            "This status page is for those who were given its password."
                        </p>
                    </div>
                    <button type="submit" class="primary">"Show the page"</button>
                </form>
            </main>
        </div>
    }
}
