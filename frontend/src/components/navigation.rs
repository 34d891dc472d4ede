//! The dashboard's navigation: beside the content, or a menu on phones. It opens there without a script, as a popover.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::api::account::SignOut;
use crate::components::icon::Mark;
use crate::components::live::LiveDot;
use crate::components::theme::ThemeSwitch;

const PLACES: [(&str, &str); 7] = [
    ("", "Overview"),
    ("/monitors", "Monitors"),
    ("/explore", "Explore"),
    ("/hosts", "Hosts"),
    ("/incidents", "Incidents"),
    ("/channels", "Channels"),
    ("/tokens", "Tokens"),
];

#[component]
pub fn Navigation(
    /// The tenant's name in URLs.
    #[prop(into)]
    slug: Signal<String>,
) -> impl IntoView {
    let out = ServerAction::<SignOut>::new();
    let home = move || format!("/d/{}", slug.get());
    view! {
        <header class="side">
            <A href=home exact=true attr:class="brand">
                <Mark />
                <span>{slug}</span>
            </A>
            <button type="button" class="menu-button" popovertarget="menu">"Menu"</button>
            <div class="menu" id="menu" popover="auto">
                <nav aria-label="Main">
                    <ul>{PLACES.map(|(path, name)| item(slug, path, name)).into_iter().collect_view()}</ul>
                </nav>
                <div class="who">
                    <LiveDot />
                    <a href=move || format!("/t/{}", slug.get()) rel="external">"Public status page"</a>
                    <div class="row apart">
                        <ActionForm action=out>
                            <button type="submit" class="plain">"Sign out"</button>
                        </ActionForm>
                        <ThemeSwitch />
                    </div>
                </div>
            </div>
        </header>
    }
}

fn item(slug: Signal<String>, path: &'static str, name: &'static str) -> impl IntoView {
    let href = move || format!("/d/{}{path}", slug.get());
    view! {
        <li>
            <A href exact=path.is_empty()>
                {name}
            </A>
        </li>
    }
}
