//! Changing what is watched.

use contract::id::MonitorId;
use contract::monitor::Monitor;
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::{self, Error};
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::typed::refused;
use crate::routes::create_monitor::{Save, SaveByForm};
use crate::routes::dashboard::tenant::Tenant;
use crate::view::monitor_form::MonitorForm;

#[component]
pub fn EditMonitor() -> impl IntoView {
    let tenant = Tenant::of_page();
    let typed = refused::<SaveByForm>().map(|posted| posted.form);
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .unwrap_or_default();
    let back = {
        let id = id.clone();
        move || tenant.path(&format!("/monitors/{id}"))
    };
    let known = Resource::new(move || (tenant.slug.get(), id.clone()), read);
    view! {
        <Title text="Edit a monitor" />
        <header>
            <p class="small"><a href=back>"Back to the monitor"</a></p>
            <h1>"Edit a monitor"</h1>
        </header>
        {typed.is_some().then(|| view! {
            <p class="note">"Headers, bodies, what is said and passwords in addresses stand as they were saved: changes of them were not kept, since they may be secret."</p>
        })}
        <Transition fallback=|| view! { <Skeleton rows=12 /> }>
            {move || {
                let typed = typed.clone();
                Suspend::new(async move {
                    let ready = tenant.ready_for(Role::Editor).await;
                    match known.await.and_then(|known| ready.map(|()| known)) {
                        Ok((monitor, regions)) => {
                            let form = match typed {
                                Some(typed) => typed.completed(&monitor.spec),
                                None => MonitorForm::from(&monitor.spec),
                            };
                            Either::Left(view! { <Save tenant known=Some((monitor.id, monitor.revision)) form regions /> })
                        }
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

async fn read((slug, id): (String, String)) -> Result<(Monitor, Vec<contract::id::Region>), Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("monitor"));
    let slug: contract::id::Slug = slug.parse().map_err(unknown)?;
    let id: MonitorId = id.parse().map_err(unknown)?;
    let monitor = api::monitor(slug.clone(), id).await?.overview.monitor;
    Ok((monitor, api::regions(slug).await?))
}
