//! The dashboard's navigation: beside the content, or a menu on phones. It opens there without a script, as a popover.

pub mod own;
pub mod tenants;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::api::account::SignOut;
use crate::components::icon::Mark;
use crate::components::live::LiveDot;
use crate::components::theme::ThemeSwitch;
use crate::routes::dashboard::tenant::Tenant;
use own::Own;
use tenants::{Reader, Tenants};

/// Places that belong together, each with its path below the tenant.
struct Area {
    name: Option<&'static str>,
    places: &'static [(&'static str, &'static str)],
}

const AREAS: [Area; 3] = [
    Area {
        name: None,
        places: &[
            ("", "Overview"),
            ("/monitors", "Monitors"),
            ("/explore", "Explore"),
            ("/hosts", "Hosts"),
            ("/traces", "Traces"),
            ("/services", "Services"),
        ],
    },
    Area {
        name: Some("Telling people"),
        places: &[
            ("/rules", "Alert rules"),
            ("/incidents", "Incidents"),
            ("/maintenance", "Maintenance"),
            ("/pages", "Status pages"),
            ("/channels", "Channels"),
        ],
    },
    Area {
        name: Some("Settings"),
        places: &[
            ("/members", "Members"),
            ("/tokens", "Tokens"),
            ("/audit", "Audit log"),
            ("/settings", "Tenant"),
        ],
    },
];

#[component]
pub fn Navigation(tenant: Tenant) -> impl IntoView {
    let out = ServerAction::<SignOut>::new();
    let slug = tenant.slug;
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
                    <Tenants tenant />
                    {AREAS.map(|area| group(slug, &area)).into_iter().collect_view()}
                    <Own tenant />
                </nav>
                <div class="who">
                    <LiveDot />
                    <a href=move || format!("/t/{}", slug.get()) rel="external">"Public status page"</a>
                    <Reader tenant />
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

fn group(slug: Signal<String>, area: &Area) -> impl IntoView + use<> {
    let name = area.name.map(|name| view! { <p class="area">{name}</p> });
    let places = area
        .places
        .iter()
        .map(|(path, name)| item(slug, path, name))
        .collect_view();
    view! {
        {name}
        <ul aria-label=area.name>{places}</ul>
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
