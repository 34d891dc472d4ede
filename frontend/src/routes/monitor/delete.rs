//! Deleting a monitor, after saying what is lost.

use contract::id::{MonitorId, Slug};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::api;
use crate::api::Error;
use crate::components::problem::error_of;
use crate::components::removal::Removal;
use crate::routes::dashboard::tenant::Tenant;

/// Deletes a monitor as posted by a form, and goes to the list.
#[server(prefix = "/fn", endpoint = "delete-monitor-form")]
pub async fn delete_by_form(tenant: Slug, id: MonitorId) -> Result<(), Error> {
    api::delete_monitor(tenant.clone(), id).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/monitors"));
    Ok(())
}

#[component]
pub fn DeleteMonitor(tenant: Tenant, id: MonitorId) -> impl IntoView {
    let action = ServerAction::<DeleteByForm>::new();
    let error = error_of(action);
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            tenant.read_again();
        }
    });
    view! {
        <Removal what="Delete this monitor" lost="Its checks stop at once. Its results, its uptime and its incidents are lost for good." error>
            <ActionForm action>
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" class="danger">"Delete the monitor and its history"</button>
            </ActionForm>
        </Removal>
    }
}
