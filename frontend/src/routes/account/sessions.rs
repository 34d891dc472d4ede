//! Where a person is signed in, and the way out of all of it.

use contract::account::OpenSession;
use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::account::SignOutEverywhere;
use crate::components::problem::{FormProblem, error_of};
use crate::components::time::Time;

#[component]
pub fn Sessions(sessions: Vec<OpenSession>) -> impl IntoView {
    let action = ServerAction::<SignOutEverywhere>::new();
    let error = error_of(action);
    let rows = sessions.into_iter().map(row).collect_view();
    view! {
        <section class="part" aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            <div class="table" tabindex="0" role="group" aria-label="Sessions">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Signed in"</th>
                            <th scope="col">"Last seen"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <FormProblem error />
            <ActionForm action>
                <button type="submit" class="danger">"Sign out everywhere"</button>
            </ActionForm>
            <p class="help">"Ends every session, this one too, and makes bearer tokens of the REST API invalid at once. API tokens of tenants stay."</p>
        </section>
    }
}

fn row(session: OpenSession) -> impl IntoView {
    let own = session.current.then_some(" (this one)");
    view! {
        <tr>
            <td><Time at=session.created_at /></td>
            <td><Time at=session.last_seen_at /> {own}</td>
        </tr>
    }
}
