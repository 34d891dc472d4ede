//! One rule: described, tried against what was, and saved.

use contract::alert::Alert;
use contract::id::RuleId;
use contract::listing::Place;
use contract::query::Metric;
use contract::rpc::{self, Role};
use contract::rule::Rule;
use leptos::either::Either;
use leptos::ev::MouseEvent;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::actions::{DeleteByForm, SaveByForm};
use super::fields::{Choices, Fields};
use super::history::History;
use super::trial::{Picture, try_rule};
use crate::api::{self, Error};
use crate::components::pager;
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::removal::Removal;
use crate::components::skeleton::Skeleton;
use crate::components::typed::{self, refused};
use crate::routes::dashboard::tenant::Tenant;
use crate::view::place;
use crate::view::rule_form::{RuleForm, about};
use crate::view::trial::Trial;

/// What the page of a rule starts with.
#[derive(Clone, Serialize, Deserialize)]
struct Loaded {
    /// Absent for a new one.
    rule: Option<Rule>,
    metrics: Vec<Metric>,
    alerts: Vec<Alert>,
    /// They are not the newest.
    is_older: bool,
    form: RuleForm,
    tried: Option<Result<Trial, Error>>,
}

/// A form in the page's address.
#[derive(Deserialize)]
struct Asked {
    form: RuleForm,
}

#[component]
pub fn EditRule() -> impl IntoView {
    let tenant = Tenant::of_page();
    let id = use_params_map().with_untracked(|params| params.get("id"));
    let asked = use_location()
        .search
        .with_untracked(|search| crate::view::typed::read::<Asked>(search));
    let typed = refused::<SaveByForm>().map(|posted| posted.form);
    let (asked, is_new) = (asked.map(|asked| asked.form), id.is_none());
    let proposed = proposed(typed.clone().or_else(|| asked.clone()));
    let before = pager::asked();
    let loaded = Resource::new(
        move || (tenant.slug.get(), before.get()),
        move |(_, before)| {
            let at_once = asked.is_some();
            load(tenant, id.clone(), before, proposed.clone(), at_once)
        },
    );
    let least = if is_new { Role::Editor } else { Role::Viewer };
    let title = if is_new { "Create a rule" } else { "Rule" };
    view! {
        <Title text=title />
        <header>
            <p class="small"><a href=move || tenant.path("/rules")>"Alert rules"</a></p>
            <h1>{title}</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=12 /> }>
            {move || {
                Suspend::new(async move {
                    let known = tenant.ready_for(least).await;
                    match loaded.await.and_then(|loaded| known.map(|()| loaded)) {
                        Ok(loaded) => Either::Left(view! { <Editor tenant loaded /> }),
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

/// What the form begins with: what was typed, or what the link that led here proposes.
fn proposed(typed: Option<RuleForm>) -> Option<RuleForm> {
    typed.or_else(|| {
        use_query_map().with_untracked(|query| {
            let monitor = query.get("monitor").and_then(|id| id.parse().ok());
            let metric = query.get("metric").map(|metric| RuleForm {
                metric,
                ..RuleForm::fresh()
            });
            monitor.map(about).or(metric)
        })
    })
}

async fn load(
    tenant: Tenant,
    id: Option<String>,
    before: Option<Place>,
    proposed: Option<RuleForm>,
    at_once: bool,
) -> Result<Loaded, Error> {
    let slug = tenant.id()?;
    let unknown = |_| Error::Refused(rpc::Error::not_found("rule"));
    let id = id
        .map(|id| id.parse::<RuleId>())
        .transpose()
        .map_err(unknown)?;
    let (mut rule, mut alerts) = (None, vec![]);
    if let Some(id) = id {
        rule = Some(api::rule(slug.clone(), id).await?);
        alerts = api::alerts(slug.clone(), Some(id), place::READ, before).await?;
    }
    let form = proposed
        .or_else(|| rule.as_ref().map(RuleForm::from))
        .unwrap_or_else(RuleForm::fresh);
    let tried = if at_once || rule.is_some() {
        Some(try_rule(slug.clone(), form.clone()).await)
    } else {
        None
    };
    Ok(Loaded {
        rule,
        metrics: api::metrics(slug).await?,
        alerts,
        is_older: before.is_some(),
        form,
        tried,
    })
}

#[component]
fn Editor(tenant: Tenant, loaded: Loaded) -> impl IntoView {
    let Loaded {
        rule,
        metrics,
        alerts,
        is_older,
        form,
        tried,
    } = loaded;
    let save = ServerAction::<SaveByForm>::new();
    let trial = Action::new(move |form: &RuleForm| {
        let form = form.clone();
        async move { try_rule(tenant.id()?, form).await }
    });
    let tried = Signal::derive(move || trial.value().get().or_else(|| tried.clone()));
    let saving = error_of(save);
    let error = Signal::derive(move || saving.get().or_else(|| tried.get()?.err()));
    let monitors = tenant.monitors.with_untracked(|monitors| {
        let names = monitors
            .iter()
            .map(|one| (one.monitor.id.to_string(), one.monitor.spec.name.clone()));
        names.collect()
    });
    let known = rule.as_ref().map(|rule| (rule.id, rule.revision));
    let id = known.map(|(id, _)| id);
    let here = match id {
        Some(id) => tenant.path(&format!("/rules/{id}")),
        None => tenant.path("/rules/new"),
    };
    let try_it = try_in_place(trial, here.clone());
    view! {
        <div class="columns">
            <ActionForm action=save>
                <div class="form">
                    <FormProblem error=saving />
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    {known.map(|(id, revision)| view! {
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="revision" value=revision.to_string() />
                    })}
                    <Fields form choices=Choices { metrics, monitors } error />
                    <div class="row">
                        <button type="submit" formmethod="get" formaction=here formnovalidate=true on:click=try_it>
                            {move || if trial.pending().get() { "Trying…" } else { "Try it" }}
                        </button>
                        <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
                            <button type="submit" class="primary" disabled=move || save.pending().get()>
                                {if id.is_some() { "Save the rule" } else { "Create the rule" }}
                            </button>
                        </Show>
                    </div>
                </div>
            </ActionForm>
            <Picture tried pending=Signal::derive(move || trial.pending().get()) />
        </div>
        {rule.map(|rule| view! { <Known tenant rule alerts is_older /> })}
    }
}

/// Tries what is typed. Without a script the form asks for its page again, with all that was typed in the address; with one
/// the address changes alike, so that it can be shared, and the form stays as it is.
fn try_in_place(
    trial: Action<RuleForm, Result<Trial, Error>>,
    here: String,
) -> impl Fn(MouseEvent) + Clone + 'static {
    let navigate = use_navigate();
    move |event: MouseEvent| {
        let Some(query) = typed::standing(&event) else {
            return;
        };
        if let Some(asked) = crate::view::typed::read::<Asked>(&query) {
            event.prevent_default();
            trial.dispatch(asked.form);
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&format!("{here}?{query}"), options);
        }
    }
}

/// What else there is of a rule that exists.
#[component]
fn Known(tenant: Tenant, rule: Rule, alerts: Vec<Alert>, is_older: bool) -> impl IntoView {
    let delete = ServerAction::<DeleteByForm>::new();
    let error = error_of(delete);
    let id = rule.id;
    view! {
        <section aria-labelledby="alerts">
            <h2 id="alerts">"What it told"</h2>
            <History tenant rule=Some(id) alerts=Signal::stored(alerts) is_older />
        </section>
        <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
            <Removal what="Delete this rule" lost="It is judged no more, and its open alerts end. What it told stays in the list of alerts." error>
                <ActionForm action=delete>
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=id.to_string() />
                    <button type="submit" class="danger">"Delete the rule"</button>
                </ActionForm>
            </Removal>
        </Show>
    }
}
