//! The frame of pages that stand alone, outside any tenant.

use leptos::prelude::*;

use crate::components::icon::Mark;

#[component]
pub fn Alone(children: Children) -> impl IntoView {
    view! {
        <div class="alone">
            <header>
                <a class="brand" href="/"><Mark /> "Overseer"</a>
            </header>
            <main id="main" tabindex="-1">{children()}</main>
        </div>
    }
}
