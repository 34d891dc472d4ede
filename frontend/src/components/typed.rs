//! What was typed into a form that was refused: posted without a script, it comes back in the URL, and nobody types it again.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;
use serde::de::DeserializeOwned;

use crate::view::typed;

/// The arguments of `S` as they were posted, if they were refused.
pub fn refused<S: ServerFn + DeserializeOwned>() -> Option<S> {
    let search = use_location().search;
    search.with_untracked(|search| typed::refused(search, S::PATH))
}

/// What stands in the form of the button that was clicked, as a query string.
#[cfg(feature = "hydrate")]
pub fn standing(event: &leptos::ev::MouseEvent) -> Option<String> {
    use web_sys::wasm_bindgen::JsCast;
    use web_sys::{FormData, HtmlButtonElement, UrlSearchParams};

    let button: HtmlButtonElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&button.form()?).ok()?;
    let query = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    Some(query.to_string().into())
}

#[cfg(not(feature = "hydrate"))]
pub fn standing(_event: &leptos::ev::MouseEvent) -> Option<String> {
    None
}
