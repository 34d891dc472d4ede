//! What stands where something is being read: of its size, so that nothing jumps when it is there.

use leptos::prelude::*;

#[component]
pub fn Skeleton(
    /// Lines of a table, or of text.
    #[prop(default = 6)]
    rows: usize,
) -> impl IntoView {
    let rows = (0..rows).map(|_| view! { <div class="skeleton-row"></div> });
    view! {
        <div class="skeleton card" role="status" aria-label="Reading">
            {rows.collect_view()}
        </div>
    }
}
