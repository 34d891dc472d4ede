//! The application: its routes, and what all pages have in common.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// Rendered into `<body>` on the server and hydrated there in the browser. Pages below `/t/` are never hydrated.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Overseer" />
        <Router>
            <Routes fallback=|| view! { <main><h1>"There is no such page"</h1></main> }>
                <Route path=path!("/") view=Home ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

#[component]
fn Home() -> impl IntoView {
    view! { <main><h1>"Overseer"</h1></main> }
}
