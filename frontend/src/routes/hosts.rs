//! Hosts: machines whose agent pushes what it measures.

pub mod add;

use contract::agent::{Agent, Standing};
use contract::id::{AgentId, Slug};
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::removal::RemovalOf;
use crate::components::skeleton::Skeleton;
use crate::components::time::{Ago, Time};
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::address::escape;
use add::AddHost;

/// Removes a host as posted by a form.
#[server(prefix = "/fn", endpoint = "remove-agent-form")]
pub async fn remove_by_form(tenant: Slug, id: AgentId) -> Result<(), Error> {
    api::remove_agent(tenant, id).await
}

#[component]
pub fn Hosts() -> impl IntoView {
    let tenant = Tenant::of_page();
    let remove = ServerAction::<RemoveByForm>::new();
    let added = RwSignal::new(0);
    let agents = Resource::new(
        move || (tenant.slug.get(), remove.version().get(), added.get()),
        move |_| async move { api::agents(tenant.id()?).await },
    );
    let error = error_of(remove);
    view! {
        <Title text="Hosts" />
        <header class="row apart">
            <h1>"Hosts"</h1>
        </header>
        <FormProblem error />
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match agents.await.and_then(|agents| known.map(|()| agents)) {
                    Ok(agents) => Either::Left(view! { <List tenant agents remove /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
        <Allowed tenant role=Role::Admin>
            <AddHost tenant added />
        </Allowed>
    }
}

#[component]
fn List(tenant: Tenant, agents: Vec<Agent>, remove: ServerAction<RemoveByForm>) -> impl IntoView {
    if agents.is_empty() {
        return Either::Left(view! {
            <div class="empty">
                <h2>"No host is watched from inside yet"</h2>
                <p>"Add one below: its agent tells processor, memory, disks, network and the processes you name, every second."</p>
            </div>
        });
    }
    let rows = agents.into_iter().map(|agent| row(tenant, agent, remove));
    Either::Right(view! {
        <div class="table">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Host"</th>
                        <th scope="col">"Agent"</th>
                        <th scope="col">"System"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col"><span class="visually-hidden">"Remove"</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    })
}

fn row(tenant: Tenant, agent: Agent, remove: ServerAction<RemoveByForm>) -> impl IntoView {
    let seen = match agent.last_seen_at {
        Some(at) => Either::Left(view! { <Time at /> " " <Ago at /> }),
        None => Either::Right("never"),
    };
    let system = [agent.hostname, agent.os]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    let (id, name) = (agent.id, agent.name.clone());
    view! {
        <tr>
            <th scope="row"><a href=tenant.path(&chart_of(&name))>{agent.name}</a></th>
            <td>{words(agent.standing, agent.version.as_deref())}</td>
            <td>{system.join(", ")}</td>
            <td class="nowrap">{seen}</td>
            <td class="number">
                {move || tenant.may(Role::Admin).then(|| removal(tenant, id, &name, remove))}
            </td>
        </tr>
    }
}

fn removal(
    tenant: Tenant,
    id: AgentId,
    name: &str,
    remove: ServerAction<RemoveByForm>,
) -> impl IntoView + use<> {
    let lost = format!(
        "The agent of {name} is refused within a second. What it pushed stays, until it is old enough to be dropped."
    );
    view! {
        <RemovalOf what="Remove" name=name.to_owned() lost>
            <ActionForm action=remove>
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" class="danger small">"Remove the host"</button>
            </ActionForm>
        </RemovalOf>
    }
}

/// What a host measures of itself, beginning with its processors.
fn chart_of(host: &str) -> String {
    let filter = escape(&format!("host={host}"));
    format!("/explore?metric=system.cpu.utilization&match={filter}&range=15m")
}

fn words(standing: Standing, version: Option<&str>) -> String {
    match standing {
        Standing::Invited => "waits for its command to be run".to_owned(),
        Standing::Expired => "its command was not run in time".to_owned(),
        Standing::Registered => format!("registered, {}", version.unwrap_or("of unknown version")),
        Standing::Revoked => "its token was revoked".to_owned(),
    }
}
