//! What a page says of itself, what is on it, and who sees it.

use contract::page::{Page, Visibility};
use contract::rpc;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::components::Components;
use crate::api::pages::Desk;
use crate::api::{self, Error};
use crate::components::field::{Field, is_wrong};
use crate::components::problem::FormProblem;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::page_form::PageForm;

const WHO: [(Visibility, &str); 3] = [
    (Visibility::Draft, "Draft: members see a preview"),
    (Visibility::Unlisted, "Unlisted: whoever knows the address"),
    (Visibility::Published, "Published: everybody"),
];

/// A line of text: what is asked, and where the answer is kept.
struct Text {
    id: &'static str,
    label: &'static str,
    help: &'static str,
    required: bool,
    of: fn(&PageForm) -> &String,
    place: fn(&mut PageForm) -> &mut String,
}

static NAMES: [Text; 3] = [
    Text {
        id: "title",
        label: "Title",
        help: "What visitors call it, such as Acme Europe.",
        required: true,
        of: |form| &form.title,
        place: |form| &mut form.title,
    },
    Text {
        id: "slug",
        label: "Name in URLs",
        help: "Small letters, digits and -. Old links break when it changes.",
        required: true,
        of: |form| &form.slug,
        place: |form| &mut form.slug,
    },
    Text {
        id: "description",
        label: "Description",
        help: "A few words below the title.",
        required: false,
        of: |form| &form.description,
        place: |form| &mut form.description,
    },
];
static LOOKS: [Text; 2] = [
    Text {
        id: "color",
        label: "Colour",
        help: "# and six hexadecimal digits. A line above the title, never text.",
        required: false,
        of: |form| &form.color,
        place: |form| &mut form.color,
    },
    Text {
        id: "time_zone",
        label: "Time zone",
        help: "For readers whose own is not known, such as Europe/Berlin.",
        required: true,
        of: |form| &form.time_zone,
        place: |form| &mut form.time_zone,
    },
];

#[component]
pub fn Fields(tenant: Tenant, desk: Desk, done: RwSignal<u32>) -> impl IntoView {
    let Desk { page, monitors, .. } = desk;
    let form = RwSignal::new(PageForm::of(&page.spec));
    let save = Action::new(move |(): &()| {
        let read = form.get_untracked().read();
        let (id, revision) = (page.id, page.revision);
        async move {
            let spec = read.map_err(|errors| Error::Refused(rpc::Error::Invalid { errors }))?;
            let saved = api::update_page(tenant.id()?, id, spec, revision).await;
            done.update(|times| *times += u32::from(saved.is_ok()));
            saved
        }
    });
    let error = Signal::derive(move || {
        let answer = save.value();
        answer.with(|answer: &Option<Result<Page, Error>>| answer.as_ref()?.as_ref().err().cloned())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save.dispatch(());
    };
    let who = WHO.map(|(one, words)| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="visibility"
                    value=one.as_str()
                    checked=one == page.spec.visibility
                    on:change=move |_| form.update(|form| form.visibility = one)
                />
                {words}
            </label>
        }
    });
    let texts = |texts: &'static [Text]| {
        let each = texts.iter().map(|text| view! { <Input text form error /> });
        each.collect_view()
    };
    view! {
        <form class="form page-form" on:submit=submit>
            <FormProblem error />
            {texts(&NAMES)}
            <fieldset>
                <legend>"Who sees it"</legend>
                {who.into_iter().collect_view()}
            </fieldset>
            <Components form monitors />
            {texts(&LOOKS)}
            <button type="submit" class="primary" disabled=move || save.pending().get()>
                "Save the page"
            </button>
            <p aria-live="polite" class="quiet-text">
                {move || (done.get() > 0 && error.get().is_none()).then_some("Saved.")}
            </p>
        </form>
    }
}

/// A line of text of the form.
#[component]
fn Input(
    text: &'static Text,
    form: RwSignal<PageForm>,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let id = text.id;
    view! {
        <Field id label=text.label help=text.help error>
            <input
                id=id
                required=text.required
                value=form.with_untracked(|form| (text.of)(form).clone())
                aria-describedby=format!("{id}-help")
                aria-invalid=is_wrong(error, id)
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    form.update(|form| *(text.place)(form) = typed);
                }
            />
        </Field>
    }
}
