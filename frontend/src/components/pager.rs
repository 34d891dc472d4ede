//! The ways out of one piece of a long list: to the newest, and on to what is older.

use leptos::prelude::*;

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
