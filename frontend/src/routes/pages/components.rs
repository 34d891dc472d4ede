//! What is on a page, and in which order. Buttons move a component, so that a keyboard does, too.

use contract::id::MonitorId;
use leptos::prelude::*;

use crate::api::pages::Choice;
use crate::view::page_form::{PageForm, Row, shift};

#[component]
pub fn Components(form: RwSignal<PageForm>, monitors: Vec<Choice>) -> impl IntoView {
    let chosen = Memo::new(move |_| form.with(|form| form.chosen));
    let monitors = StoredValue::new(monitors);
    let mode = [
        (false, "Every monitor that is marked public, by its group"),
        (true, "What I choose, in my order"),
    ];
    let modes = mode.map(|(own, words)| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="chosen"
                    checked=form.with_untracked(|form| form.chosen == own)
                    on:change=move |_| form.update(|form| form.chosen = own)
                />
                {words}
            </label>
        }
    });
    view! {
        <fieldset>
            <legend>"What is on it"</legend>
            {modes.into_iter().collect_view()}
        </fieldset>
        <Show when=move || chosen.get()>
            <Rows form monitors />
            <Add form monitors />
        </Show>
    }
}

#[component]
fn Rows(form: RwSignal<PageForm>, monitors: StoredValue<Vec<Choice>>) -> impl IntoView {
    let order = Memo::new(move |_| {
        form.with(|form| form.rows.iter().map(|row| row.monitor).collect::<Vec<_>>())
    });
    view! {
        <ol class="arranged">
            <For each=move || order.get() key=|id| *id let:id>
                <OneRow form monitors id />
            </For>
        </ol>
    }
}

#[component]
fn OneRow(
    form: RwSignal<PageForm>,
    monitors: StoredValue<Vec<Choice>>,
    id: MonitorId,
) -> impl IntoView {
    let own = monitors.with_value(|all| {
        let known = all.iter().find(|choice| choice.id == id);
        known.map_or_else(
            || "A monitor that is gone".to_owned(),
            |choice| choice.name.clone(),
        )
    });
    let row = form.with_untracked(|form| form.rows.iter().find(|row| row.monitor == id).cloned());
    let row = row.unwrap_or_else(|| empty(id));
    let change = move |change: &dyn Fn(&mut Row)| {
        form.update(|form| {
            if let Some(row) = form.rows.iter_mut().find(|row| row.monitor == id) {
                change(row);
            }
        });
    };
    let moved = move |down| {
        form.update(|form| {
            if let Some(at) = form.rows.iter().position(|row| row.monitor == id) {
                shift(&mut form.rows, at, down);
            }
        });
    };
    let take = move |_| form.update(|form| form.rows.retain(|row| row.monitor != id));
    let named = |what: &str| format!("{what} {own}");
    view! {
        <li class="card">
            <div class="row apart">
                <b>{own.clone()}</b>
                <span class="row">
                    <button type="button" class="small" aria-label=named("Move up") on:click=move |_| moved(false)>"Up"</button>
                    <button type="button" class="small" aria-label=named("Move down") on:click=move |_| moved(true)>"Down"</button>
                    <button type="button" class="small" aria-label=named("Take away") on:click=take>"Take away"</button>
                </span>
            </div>
            <div class="picker">
                <label>
                    "Name on the page"
                    <input
                        maxlength="80"
                        placeholder=own.clone()
                        value=row.name
                        on:input=move |event| change(&|row| row.name = event_target_value(&event))
                    />
                </label>
                <label>
                    "Group"
                    <input
                        maxlength="80"
                        value=row.group
                        on:input=move |event| change(&|row| row.group = event_target_value(&event))
                    />
                </label>
                <label>
                    "Description"
                    <input
                        maxlength="400"
                        value=row.description
                        on:input=move |event| change(&|row| row.description = event_target_value(&event))
                    />
                </label>
            </div>
        </li>
    }
}

#[component]
fn Add(form: RwSignal<PageForm>, monitors: StoredValue<Vec<Choice>>) -> impl IntoView {
    let free = move || {
        let taken = form.with(|form| form.rows.iter().map(|row| row.monitor).collect::<Vec<_>>());
        let mut all = monitors.get_value();
        all.retain(|choice| !taken.contains(&choice.id));
        all
    };
    let options = move || {
        let options = free().into_iter().map(|choice| {
            let name = match choice.group {
                Some(group) => format!("{group}: {}", choice.name),
                None => choice.name,
            };
            view! { <option value=choice.id.to_string()>{name}</option> }
        });
        options.collect_view()
    };
    let add = move |value: String| {
        let Ok(id) = value.parse::<MonitorId>() else {
            return;
        };
        let group = monitors.with_value(|all| {
            let known = all.iter().find(|choice| choice.id == id);
            known.and_then(|choice| choice.group.clone())
        });
        let group = group.unwrap_or_default();
        form.update(|form| form.rows.push(Row { group, ..empty(id) }));
    };
    view! {
        <div class="field">
            <label for="add">"Add a component"</label>
            <select id="add" prop:value="" on:change=move |event| add(event_target_value(&event))>
                <option value="">"Choose a monitor"</option>
                {options}
            </select>
        </div>
    }
}

fn empty(monitor: MonitorId) -> Row {
    Row {
        monitor,
        name: String::new(),
        group: String::new(),
        description: String::new(),
    }
}
