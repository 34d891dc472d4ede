//! The browser build of `frontend`: what the page's module script calls.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the server-rendered page.
#[wasm_bindgen]
pub fn hydrate() {
    frontend::hydrate();
}
