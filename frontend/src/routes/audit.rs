//! The audit log: who changed what. The part that is shown is in the page's address.

use contract::audit::{Entry, Page};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api;
use crate::components::problem::Refusal;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::audit::{what, who};
use crate::view::time::Precision;

#[component]
pub fn Audit() -> impl IntoView {
    let tenant = Tenant::of_page();
    let query = use_query_map();
    let before = Memo::new(move |_| query.with(|query| query.get("before")?.parse::<i64>().ok()));
    let page = Resource::new(
        move || (tenant.slug.get(), before.get()),
        move |(_, before)| async move { api::audit(tenant.id()?, before).await },
    );
    view! {
        <Title text="Audit log" />
        <header class="row apart">
            <h1>"Audit log"</h1>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match page.await.and_then(|page| known.map(|()| page)) {
                    Ok(page) => Either::Left(view! { <Log tenant page is_first=before.get_untracked().is_none() /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Log(tenant: Tenant, page: Page, is_first: bool) -> impl IntoView {
    if page.entries.is_empty() {
        return Either::Left(view! {
            <div class="empty">
                <h2>"Nothing more is told"</h2>
                <p>"Changes are kept for a year. " <a href=tenant.path("/audit")>"Show the newest"</a></p>
            </div>
        });
    }
    let rows = page.entries.into_iter().map(row).collect_view();
    let newest =
        (!is_first).then(|| view! { <a class="button" href=tenant.path("/audit")>"Newest"</a> });
    let older = page.next.map(|next| {
        let href = tenant.path(&format!("/audit?before={next}"));
        view! { <a class="button" href=href>"Older"</a> }
    });
    Either::Right(view! {
        <div class="table" tabindex="0" role="group" aria-label="Changes">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <nav class="row after" aria-label="Pages of the log">
            {newest}
            {older}
        </nav>
        <p class="help">"What people, API tokens and agents changed in this tenant, newest first. Entries are kept for a year."</p>
    })
}

fn row(entry: Entry) -> impl IntoView {
    view! {
        <tr>
            <td class="nowrap"><Time at=entry.at precision=Precision::Second /></td>
            <th scope="row">{who(&entry.actor)}</th>
            <td class="wrap">{what(&entry)}</td>
        </tr>
    }
}
