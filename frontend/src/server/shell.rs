//! The document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::assets::Client;
use super::pages::is_public;
use super::visit::Visit;
use crate::app::App;

pub(crate) fn shell() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let plain = is_public(visit.path());
    if plain && let Some(shared) = Owner::current_shared_context() {
        // Nobody will hydrate this page, so what it was made from need not be sent along.
        shared.set_is_hydrating(false);
    }
    let theme = visit
        .cookie("theme")
        .filter(|theme| matches!(*theme, "light" | "dark"))
        .map(str::to_owned);
    let assets = visit.site.assets;
    let client = assets.client.clone().filter(|_| !plain);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" type="image/svg+xml" href=assets.icon.clone() />
                <link rel="stylesheet" href=assets.style.clone() />
                <script src=assets.script.clone() defer></script>
                {client.map(hydration)}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Loads the browser's half and lets it take over the page.
fn hydration(client: Client) -> impl IntoView {
    let Client { js, wasm } = client;
    let start = format!(
        "import start, {{ hydrate }} from {js:?};\nstart({{ module_or_path: {wasm:?} }}).then(hydrate);"
    );
    view! {
        <link rel="modulepreload" href=js />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}
