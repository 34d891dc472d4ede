//! Adding a channel. The kind is part of the page's address, so choosing one needs no script.

use contract::channel::{Kind, Secret};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::actions::CreateByForm;
use super::fields::Fields;
use crate::components::command::Command;
use crate::components::problem::{FormProblem, error_of};
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::channel_form::kind_of;

#[component]
pub fn CreateChannel(tenant: Tenant, create: ServerAction<CreateByForm>) -> impl IntoView {
    let query = use_query_map();
    let kind = Memo::new(move |_| {
        let chosen = query.with(|query| query.get("kind").and_then(|name| kind_of(&name)));
        chosen.unwrap_or(Kind::Webhook)
    });
    let typed = refused::<CreateByForm>().map(|posted| posted.form);
    let form = move |kind: Kind| {
        let typed = typed.clone();
        let ours = typed.filter(|form| kind_of(&form.kind) == Some(kind));
        ours.unwrap_or_default()
    };
    let error = error_of(create);
    let made = move || {
        let answer = create.value().get()?.ok()?;
        Some(announcement(answer.as_ref()))
    };
    view! {
        <section class="stack" aria-labelledby="create">
            <h2 id="create">"Add a channel"</h2>
            <div aria-live="polite">{made}</div>
            <nav class="ranges" aria-label="Kind of the channel">
                {Kind::ALL.map(|each| choice(tenant, kind, each)).into_iter().collect_view()}
            </nav>
            <ActionForm action=create>
                <div class="form">
                    <FormProblem error />
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="form[kind]" value=move || kind.get().as_str() />
                    {move || view! { <Fields kind=kind.get() form=form(kind.get()) error /> }}
                    <button type="submit" class="primary" disabled=move || create.pending().get()>
                        "Add the channel"
                    </button>
                </div>
            </ActionForm>
        </section>
    }
}

fn choice(tenant: Tenant, chosen: Memo<Kind>, kind: Kind) -> impl IntoView {
    view! {
        <a
            href=move || format!("{}?kind={}#create", tenant.path("/channels"), kind.as_str())
            aria-current=move || (chosen.get() == kind).then_some("true")
        >
            {kind.title()}
        </a>
    }
}

fn announcement(secret: Option<&Secret>) -> impl IntoView + use<> {
    let secret = secret.map(|secret| {
        view! {
            <p>"The receiver verifies requests with this secret. Copy it now: it is not shown again."</p>
            <Command text=secret.expose().to_owned() label="The signing secret" />
        }
    });
    view! {
        <div class="card stack fresh-secret">
            <p>
                <b>"The channel is ready."</b>
                " Send a test to see whether it arrives."
            </p>
            {secret}
        </div>
    }
}
