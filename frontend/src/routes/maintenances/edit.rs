//! Changing planned work, such as when it takes longer.

use contract::id::{MaintenanceId, Slug};
use contract::maintenance::{Maintenance, Occurrence, When};
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::create::{Save, SaveByForm};
use crate::api::{self, Error};
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::maintenance_form::MaintenanceForm;

#[component]
pub fn EditMaintenance() -> impl IntoView {
    let tenant = Tenant::of_page();
    let typed = refused::<SaveByForm>().map(|posted| posted.form);
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .unwrap_or_default();
    let known = Resource::new(move || (tenant.slug.get(), id.clone()), read);
    view! {
        <Title text="Change planned work" />
        <header>
            <p class="small"><a href=move || tenant.path("/maintenance")>"Maintenance"</a></p>
            <h1>"Change planned work"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=12 /> }>
            {move || {
                let typed = typed.clone();
                Suspend::new(async move {
                    let ready = tenant.ready_for(Role::Editor).await;
                    match known.await.and_then(|known| ready.map(|()| known)) {
                        Ok(known) => Either::Left(view! { <Edit tenant known typed /> }),
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Edit(tenant: Tenant, known: Maintenance, typed: Option<MaintenanceForm>) -> impl IntoView {
    let id = Some(known.id);
    let once = match known.spec.when {
        When::Once { from, to } if typed.is_none() => Some(Occurrence { from, to }),
        _ => None,
    };
    let form = typed.unwrap_or_else(|| MaintenanceForm::from(&known.spec));
    view! { <Save tenant id form proposes=once.is_some() once /> }
}

async fn read((slug, id): (String, String)) -> Result<Maintenance, Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("maintenance"));
    let (slug, id): (Slug, MaintenanceId) =
        (slug.parse().map_err(unknown)?, id.parse().map_err(unknown)?);
    api::maintenance(slug, id).await
}
