//! The ways out of one piece of a long list: to the newest, and on to what is older.

use contract::listing::Place;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::view::place;

/// Behind which place the list begins, as the page's address says. The newest come first where it says nothing.
pub fn asked() -> Memo<Option<Place>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| place::read(|name| query.get(name))))
}

#[component]
pub fn Pager(
    label: &'static str,
    /// Absent where the newest are shown.
    newest: Option<String>,
    /// Absent where the list ends.
    #[prop(into)]
    older: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <nav class="row pager" aria-label=label>
            {newest.map(|href| view! { <a class="button" href=href>"Newest"</a> })}
            {move || older.get().map(|href| view! { <a class="button" href=href>"Older"</a> })}
        </nav>
    }
}
