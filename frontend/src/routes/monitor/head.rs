//! What is watched, and what can be done with it.

use contract::id::{MonitorId, Slug};
use contract::rpc::Role;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::Error;
use crate::api::monitors::Detail;
use crate::components::problem::{FormProblem, error_of};
use crate::routes::dashboard::tenant::Tenant;
use crate::view::check::what;
use crate::view::figure::{count, duration};

/// Pauses or resumes a monitor as posted by a form.
#[server(prefix = "/fn", endpoint = "pause-monitor-form")]
pub async fn pause_by_form(tenant: Slug, id: MonitorId, paused: bool) -> Result<(), Error> {
    crate::api::pause_monitor(tenant, id, paused)
        .await
        .map(drop)
}

#[component]
pub fn Head(tenant: Tenant, detail: RwSignal<Detail>) -> impl IntoView {
    let action = ServerAction::<PauseByForm>::new();
    let error = error_of(action);
    let id = detail.with_untracked(|detail| detail.overview.monitor.id);
    let paused = Memo::new(move |_| detail.with(|detail| detail.overview.monitor.spec.paused));
    Effect::new(move |_| {
        if let (Some(Ok(())), Some(asked)) = (action.value().get(), action.input().get_untracked())
        {
            detail.update(|detail| detail.overview.monitor.spec.paused = asked.paused);
            tenant.read_again();
        }
    });
    let name = move || detail.with(|detail| detail.overview.monitor.spec.name.clone());
    let words = move || {
        detail.with(|detail| {
            let spec = &detail.overview.monitor.spec;
            let every = duration(i64::from(spec.check.interval_s));
            if spec.is_heartbeat() {
                return format!("Heartbeat, expected every {every}");
            }
            let regions = count(spec.regions.len(), "region");
            format!("{}, every {every} from {regions}", what(&spec.check))
        })
    };
    view! {
        <Title text=name />
        <header class="row apart">
            <div>
                <p class="small"><a href=tenant.path("/monitors")>"Monitors"</a></p>
                <h1>{name}</h1>
                <p class="quiet-text wrap">{words}</p>
            </div>
            <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
                <div class="row">
                    <a class="button" href=tenant.path(&format!("/rules/new?monitor={id}"))>"Add a rule"</a>
                    <a class="button" href=tenant.path(&format!("/monitors/{id}/edit"))>"Edit"</a>
                    <ActionForm action>
                        <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="paused" value=move || (!paused.get()).to_string() />
                        <button type="submit" disabled=move || action.pending().get()>
                            {move || if paused.get() { "Resume" } else { "Pause" }}
                        </button>
                    </ActionForm>
                </div>
            </Show>
        </header>
        <FormProblem error />
    }
}
