//! Notifications that were given up, each with the way to try once more.

use contract::dead_letter::DeadLetter;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::ReplayByForm;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::time::Precision;

#[component]
pub fn Letters(
    tenant: Tenant,
    letters: Vec<DeadLetter>,
    replay: ServerAction<ReplayByForm>,
) -> impl IntoView {
    if letters.is_empty() {
        return None;
    }
    let rows = letters
        .into_iter()
        .map(|letter| row(tenant, letter, replay))
        .collect_view();
    Some(view! {
        <section class="stack" aria-labelledby="letters">
            <h2 id="letters">"Given up"</h2>
            <div class="table" tabindex="0" role="group" aria-labelledby="letters">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"What"</th>
                            <th scope="col">"Channel"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col">"Again"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    })
}

fn row(tenant: Tenant, letter: DeadLetter, replay: ServerAction<ReplayByForm>) -> impl IntoView {
    let label = format!("Send again: {}", letter.title);
    let replayed = letter
        .replayed_at
        .map(|at| view! { <span class="quiet-text">"Sent again " <Time at /></span> });
    view! {
        <tr>
            <td class="nowrap"><Time at=letter.died_at precision=Precision::Second /></td>
            <td>{letter.title}</td>
            <td>{letter.channel_name}</td>
            <td>{letter.reason}</td>
            <td>
                <ActionForm action=replay>
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=letter.id.to_string() />
                    <button type="submit" class="small" aria-label=label>"Send again"</button>
                </ActionForm>
                {replayed}
            </td>
        </tr>
    }
}
