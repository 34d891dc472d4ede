//! Who may edit a page though they are only viewers otherwise.

use std::collections::BTreeSet;

use contract::id::UserId;
use contract::page::Page;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;

use crate::api;
use crate::components::problem::{FormProblem, Refusal};
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Collaborators(tenant: Tenant, page: Page) -> impl IntoView {
    let id = page.id;
    let chosen = RwSignal::new(page.collaborators.into_iter().collect::<BTreeSet<UserId>>());
    let name = Action::new(move |(): &()| {
        let users = chosen.with_untracked(|chosen| chosen.iter().copied().collect());
        async move { api::set_page_collaborators(tenant.id()?, id, users).await }
    });
    let error = Signal::derive(move || {
        let answer = name.value();
        answer.with(|answer| answer.as_ref()?.as_ref().err().cloned())
    });
    let members = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::members(tenant.id()?).await },
    );
    let choice = move |user: UserId, words: String| {
        let change = move |event| {
            let on = event_target_checked(&event);
            chosen.update(|chosen| {
                if on {
                    chosen.insert(user);
                } else {
                    chosen.remove(&user);
                }
            });
            name.dispatch(());
        };
        let checked = chosen.with_untracked(|chosen| chosen.contains(&user));
        view! {
            <label class="choice">
                <input type="checkbox" checked=checked on:change=change />
                {words}
            </label>
        }
    };
    view! {
        <section>
            <h2>"Collaborators"</h2>
            <p class="help">"Viewers who may edit this page. Editors may anyway."</p>
            <FormProblem error />
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match members.await {
                        Ok(members) => {
                            let viewers = members.into_iter().filter(|it| it.role == Role::Viewer);
                            let choices = viewers.map(|it| choice(it.user, format!("{} ({})", it.name, it.email)));
                            Either::Left(choices.collect_view())
                        }
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })}
            </Transition>
        </section>
    }
}
