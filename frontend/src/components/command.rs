//! A command or a secret to copy. The button is worked by the page's script and stays away without one.

use leptos::prelude::*;

#[component]
pub fn Command(
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] label: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="command">
            <pre tabindex="0" role="group" aria-label=label.unwrap_or("Command")><code>{text}</code></pre>
            <button type="button" data-copy>"Copy"</button>
        </div>
    }
}
