//! Planned work: what goes on, what comes, what is over.

pub mod create;
pub mod edit;
pub mod fields;
pub mod list;

use contract::maintenance::Overview;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::skeleton::Skeleton;
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::state::is_planned_work;
use list::{CancelByForm, List};

#[component]
pub fn Maintenances() -> impl IntoView {
    let tenant = Tenant::of_page();
    let windows = Resource::new(move || tenant.slug.get(), move |_| read(tenant));
    view! {
        <Title text="Maintenance" />
        <header class="row apart">
            <h1>"Maintenance"</h1>
            <Allowed tenant role=Role::Editor>
                <a class="button primary" href=move || tenant.path("/maintenance/new")>"Plan work"</a>
            </Allowed>
        </header>
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match windows.await.and_then(|windows| known.map(|()| windows)) {
                    Ok(windows) => Either::Left(view! { <Shown tenant windows /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(tenant: Tenant, windows: Vec<Overview>) -> impl IntoView {
    let windows = RwSignal::new(windows);
    let again = move || {
        spawn_local(async move {
            // What is shown stays; the next update tries again.
            if let Ok(fresh) = read(tenant).await {
                windows.try_set(fresh);
            }
        });
    };
    // A window that begins or ends changes the states of its monitors.
    tenant.live.keep_fresh(is_planned_work, again);
    let cancel = ServerAction::<CancelByForm>::new();
    let error = error_of(cancel);
    Effect::new(move |_| {
        if cancel.version().get() > 0 {
            again();
        }
    });
    view! {
        <FormProblem error />
        <List tenant windows=windows.into() cancel />
    }
}

async fn read(tenant: Tenant) -> Result<Vec<Overview>, Error> {
    api::maintenances(tenant.id()?).await
}
