//! Making a page: a title is enough, the rest is edited after.

use contract::page::Spec;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::api::{self, Error};
use crate::components::entered;
use crate::components::field::{Field, is_wrong};
use crate::components::problem::FormProblem;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::page_form::{PageForm, slug_of};

#[component]
pub fn CreatePage(tenant: Tenant) -> impl IntoView {
    let title = NodeRef::new();
    let navigate = use_navigate();
    let create = Action::new(move |(): &()| {
        let title = entered::text(title);
        async move {
            let spec = draft(title)?;
            api::create_page(tenant.id()?, spec).await
        }
    });
    let error = Signal::derive(move || {
        let answer = create.value();
        answer.with(|answer| answer.as_ref()?.as_ref().err().cloned())
    });
    Effect::new(move |_| {
        if let Some(Ok(page)) = create.value().get() {
            navigate(
                &tenant.path(&format!("/pages/{}", page.id)),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        create.dispatch(());
    };
    view! {
        <section aria-labelledby="create">
            <h2 id="create">"Make a page"</h2>
            <noscript>
                <p class="note">"Making and editing pages needs JavaScript, or the REST API."</p>
            </noscript>
            <form class="form" on:submit=submit>
                <FormProblem error />
                <Field id="title" label="Title" help="Such as Acme Europe. Nobody sees the page before you publish it." error>
                    <input
                        node_ref=title
                        id="title"
                        required
                        maxlength="80"
                        aria-describedby="title-help"
                        aria-invalid=is_wrong(error, "title")
                    />
                </Field>
                <button type="submit" class="primary" disabled=move || create.pending().get()>
                    "Make the page"
                </button>
            </form>
        </section>
    }
}

fn draft(title: String) -> Result<Spec, Error> {
    let form = PageForm {
        slug: slug_of(&title),
        title,
        description: String::new(),
        visibility: contract::page::Visibility::Draft,
        color: String::new(),
        time_zone: "UTC".to_owned(),
        chosen: true,
        rows: Vec::new(),
    };
    form.read()
        .map_err(|errors| Error::Refused(contract::rpc::Error::Invalid { errors }))
}
