//! For paths that nobody knows.

use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <div class="alone">
            <main id="main" tabindex="-1">
                <h1>"There is no such page"</h1>
                <p>"The address may be mistyped, or the page was removed. " <a href="/">"Go to the start"</a></p>
            </main>
        </div>
    }
}
