//! The switch between light and dark, worked by the page's script. Without one the system's setting holds.

use leptos::prelude::*;

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    view! {
        <button type="button" class="plain" data-theme-toggle aria-label="Switch between light and dark">
            <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
                <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
                <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
            </svg>
        </button>
    }
}
