//! What went wrong, and what to do about it.

use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_query_map};

use crate::api::Error;
use crate::components::icon::StateIcon;
use crate::view::state::capitalised;
use contract::monitor::State;

/// A whole answer that could not be had: people who are signed out are sent to sign in.
#[component]
pub fn Refusal(error: Error) -> impl IntoView {
    let here = use_location().pathname.get_untracked();
    if error.is_unauthenticated() {
        EitherOf3::A(view! { <Redirect path=format!("/sign-in?next={here}") /> })
    } else if error.is_not_found() {
        EitherOf3::B(view! {
            <div class="empty">
                <h2>"This is not here"</h2>
                <p>"It may have been deleted, or it belongs to a tenant you are not a member of."</p>
            </div>
        })
    } else {
        EitherOf3::C(view! { <Problem text=error.to_string() /> })
    }
}

/// One sentence beside a cross.
#[component]
pub fn Problem(#[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="problem" role="alert">
            <span class="tone down"><StateIcon state=State::Down /></span>
            <p>{capitalised(&text)} "."</p>
        </div>
    }
}

/// The error of an action: from its last run, or, where a form was posted without a script, from the URL it came back to.
pub fn error_of<S>(action: ServerAction<S>) -> Signal<Option<Error>>
where
    S: server_fn::ServerFn<Error = Error> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let query = use_query_map();
    Signal::derive(move || match action.value().get() {
        Some(Ok(_)) => None,
        Some(Err(error)) => Some(error),
        None if action.pending().get() => None,
        None => query.with(|query| {
            (query.get("__path").as_deref() == Some(S::PATH))
                .then(|| query.get("__err"))
                .flatten()
                .map(|text| ServerFnUrlError::<Error>::decode_err(&text))
        }),
    })
}

/// The sentence above a form whose fields are fine, but which was refused all the same.
#[component]
pub fn FormProblem(#[prop(into)] error: Signal<Option<Error>>) -> impl IntoView {
    move || {
        error
            .get()
            .filter(|error| error.fields().is_empty())
            .map(|error| view! { <Problem text=error.to_string() /> })
    }
}
