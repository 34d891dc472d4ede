//! Saying what is new about an incident.

use contract::id::{IncidentId, Slug};
use contract::incident::Incident;
use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::area::Area;
use crate::components::choose::Choose;
use crate::components::problem::{FormProblem, error_of};
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::incident_form::{IncidentForm, likely, next};
use crate::view::state::capitalised;

/// Adds an update as posted by a form.
#[server(prefix = "/fn", endpoint = "update-incident-form")]
pub async fn update_by_form(
    tenant: Slug,
    id: IncidentId,
    form: IncidentForm,
) -> Result<Incident, Error> {
    let note = crate::server::visit::read(form.note())?;
    crate::api::update_incident(tenant, id, note).await
}

#[component]
pub fn AddUpdate(tenant: Tenant, incident: RwSignal<Incident>) -> impl IntoView {
    let action = ServerAction::<UpdateByForm>::new();
    let error = error_of(action);
    Effect::new(move |_| {
        if let Some(Ok(fresh)) = action.value().get() {
            incident.set(fresh);
            tenant.read_again();
        }
    });
    let typed = refused::<UpdateByForm>().map(|posted| posted.form);
    let id = incident.with_untracked(|incident| incident.id);
    let status = Memo::new(move |_| incident.with(|incident| incident.status));
    // Said anew after each update: the field is empty, and the next status is proposed.
    let fields = move || {
        let status = status.get();
        let count = incident.with(|incident| incident.updates.len());
        let form = typed
            .clone()
            .filter(|_| count > 0)
            .unwrap_or_else(|| IncidentForm {
                status: likely(status).as_str().to_owned(),
                ..IncidentForm::default()
            });
        let options = next(status).into_iter();
        let options = options.map(|(_, name)| (name.to_owned(), capitalised(name)));
        view! {
            <Choose
                id="status"
                label="Status"
                help="Resolved ends the incident; anything before it opens it again."
                options=options.collect()
                chosen=form.status
                error
            />
            <Area id="body" label="What is new" value=form.body error rows=5 required=true />
        }
    };
    view! {
        <section aria-labelledby="say">
            <h2 id="say">"Say what is new"</h2>
            <ActionForm action>
                <div class="form">
                    <FormProblem error />
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=id.to_string() />
                    {fields}
                    <button type="submit" class="primary" disabled=move || action.pending().get()>"Add the update"</button>
                </div>
            </ActionForm>
        </section>
    }
}
