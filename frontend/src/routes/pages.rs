//! The tenant's status pages, and making one.

pub mod access;
pub mod collaborators;
pub mod components;
pub mod create;
pub mod edit;
pub mod fields;
pub mod look;

use contract::page::{Page, Visibility};
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

use crate::api;
use crate::components::problem::Refusal;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::count;
use create::CreatePage;

#[component]
pub fn Pages() -> impl IntoView {
    let tenant = Tenant::of_page();
    let pages = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::pages(tenant.id()?).await },
    );
    view! {
        <Title text="Status pages" />
        <header class="row apart">
            <h1>"Status pages"</h1>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match pages.await.and_then(|pages| known.map(|()| pages)) {
                    Ok(pages) => Either::Left(view! {
                        <List tenant pages />
                        <Show when=move || tenant.may(Role::Editor)>
                            <CreatePage tenant />
                        </Show>
                    }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn List(tenant: Tenant, pages: Vec<Page>) -> impl IntoView {
    let rows = pages.into_iter().map(|page| row(tenant, page));
    view! {
        <div class="table" data-rows>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Page"</th>
                        <th scope="col">"Who sees it"</th>
                        <th scope="col">"Shows"</th>
                        <th scope="col">"Address"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(tenant: Tenant, page: Page) -> impl IntoView {
    let edit = tenant.path(&format!("/pages/{}", page.id));
    let shows = match &page.spec.components {
        Some(components) => count(components.len(), "component"),
        None => "everything public".to_owned(),
    };
    let address = path(&tenant.slug.get_untracked(), &page);
    let host = page.host.as_ref().filter(|host| host.verified_at.is_some());
    let (title, audience) = (page.spec.title.clone(), audience(&page));
    let place = host.map_or_else(|| address.clone(), |host| host.name.clone());
    view! {
        <tr>
            <th scope="row"><A href=edit>{title}</A></th>
            <td>{audience}</td>
            <td>{shows}</td>
            <td><a href=address rel="external">{place}</a></td>
        </tr>
    }
}

/// Where a page is on this site.
pub fn path(tenant: &str, page: &Page) -> String {
    let draft = page.spec.visibility == Visibility::Draft;
    let preview = if draft { "?preview" } else { "" };
    if page.first {
        format!("/t/{tenant}{preview}")
    } else {
        format!("/t/{tenant}/{}{preview}", page.spec.slug)
    }
}

/// Who sees a page, in words.
fn audience(page: &Page) -> &'static str {
    match (page.spec.visibility, page.has_password) {
        (Visibility::Draft, _) => "Members (draft)",
        (_, true) => "Who has the password",
        (Visibility::Unlisted, false) => "Who has the address",
        (Visibility::Published, false) => "Everybody",
    }
}
