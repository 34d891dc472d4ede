//! One page on its editor's desk.

use contract::id::PageId;
use contract::page::{Page, Visibility};
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::access::Access;
use super::collaborators::Collaborators;
use super::fields::Fields;
use super::look::Look;
use super::path;
use crate::api::pages::Desk;
use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal};
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn EditPage() -> impl IntoView {
    let tenant = Tenant::of_page();
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id")).unwrap_or_default();
    let done = RwSignal::new(0_u32);
    let desk = Resource::new(
        move || (tenant.slug.get(), id(), done.get()),
        move |(_, id, _)| read(tenant, id),
    );
    view! {
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match desk.await.and_then(|desk| known.map(|()| desk)) {
                    Ok(desk) => Either::Left(view! { <Editor tenant desk done /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Editor(tenant: Tenant, desk: Desk, done: RwSignal<u32>) -> impl IntoView {
    let page = desk.page.clone();
    let address = path(&tenant.slug.get_untracked(), &page);
    let word = if page.spec.visibility == Visibility::Draft {
        "Preview"
    } else {
        "Visit the page"
    };
    let of_page = StoredValue::new(page.clone());
    let parts = if desk.may_edit {
        Either::Left(view! {
            <Fields tenant desk done />
            <Look tenant page=page.clone() />
            <Access tenant page=page.clone() done />
            <Show when=move || tenant.may(Role::Editor)>
                <Collaborators tenant page=of_page.get_value() />
            </Show>
            <Delete tenant page=page.clone() />
        })
    } else {
        Either::Right(view! {
            <p class="note">"Only editors and this page's collaborators can change it."</p>
        })
    };
    view! {
        <Title text=page.spec.title.clone() />
        <header class="row apart">
            <h1>{page.spec.title.clone()}</h1>
            <a class="button" href=address rel="external">{word}</a>
        </header>
        {parts}
    }
}

#[component]
fn Delete(tenant: Tenant, page: Page) -> impl IntoView {
    let id = page.id;
    let delete =
        Action::new(move |(): &()| async move { api::delete_page(tenant.id()?, id).await });
    let error = Signal::derive(move || {
        delete
            .value()
            .with(|value| value.as_ref()?.as_ref().err().cloned())
    });
    let asked = RwSignal::new(false);
    let title = StoredValue::new(page.spec.title);
    let first = page.first;
    view! {
        <Show when=move || !first && tenant.may(Role::Editor)>
            <section>
                <h2>"Delete"</h2>
                <FormProblem error />
                <Show
                    when=move || asked.get()
                    fallback=move || view! {
                        <button type="button" class="danger" on:click=move |_| asked.set(true)>
                            "Delete this page"
                        </button>
                    }
                >
                    <p>"Its address, password and domain are lost. Monitors and incidents stay."</p>
                    <div class="row">
                        <button type="button" class="danger" on:click=move |_| { delete.dispatch(()); }>
                            {format!("Delete {}", title.get_value())}
                        </button>
                        <button type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                    </div>
                </Show>
            </section>
        </Show>
    }
}

async fn read(tenant: Tenant, id: String) -> Result<Desk, Error> {
    let unknown = || Error::Refused(rpc::Error::not_found("status page"));
    let id: PageId = id.parse().map_err(|_| unknown())?;
    api::page_desk(tenant.id()?, id).await
}
