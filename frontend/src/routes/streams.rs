//! What NATS itself holds: streams, who reads them and how far they are behind. For members of the tenant `overseer`.

use contract::telemetry::{ConsumerState, StreamState};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api;
use crate::components::problem::Refusal;
use crate::components::time::Ago;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::quantity;

#[component]
pub fn Streams() -> impl IntoView {
    let tenant = Tenant::of_page();
    let streams = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::streams(tenant.id()?).await },
    );
    view! {
        <Title text="Streams" />
        <header class="row apart">
            <h1>"Streams"</h1>
            <button type="button" on:click=move |_| streams.refetch()>"Look again"</button>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                match streams.await {
                    Ok(streams) => EitherOf3::A(streams.into_iter().map(stream).collect_view()),
                    Err(error) if error.is_not_found() => EitherOf3::B(view! {
                        <p class="quiet-text">"Streams hold what is of all tenants. Members of the tenant overseer see them."</p>
                    }),
                    Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

fn stream(one: StreamState) -> impl IntoView {
    let id = one.name.to_lowercase();
    #[expect(clippy::cast_precision_loss, reason = "three digits are told")]
    let (messages, bytes) = (one.messages as f64, one.bytes as f64);
    let last = one.last_at.map(|at| view! { ", the last one " <Ago at /> });
    let lag: u64 = one.consumers.iter().map(ConsumerState::lag).sum();
    let behind = if lag == 0 {
        "nobody is behind".to_owned()
    } else {
        format!("{lag} to be read")
    };
    let consumers = if one.consumers.is_empty() {
        Either::Left(view! { <p class="quiet-text">"Read by people and on demand."</p> })
    } else {
        Either::Right(view! { <Consumers id=id.clone() consumers=one.consumers /> })
    };
    view! {
        <section aria-labelledby=id.clone()>
            <h2 id=id.clone()>{one.name}</h2>
            <p class="quiet-text">
                {quantity(messages, Some("{message}"))} ", " {quantity(bytes, Some("By"))} {last} "; " {behind}
            </p>
            {consumers}
        </section>
    }
}

#[component]
fn Consumers(id: String, consumers: Vec<ConsumerState>) -> impl IntoView {
    let rows = consumers.into_iter().map(|one| {
        let class = if one.dead > 0 {
            "number tone down"
        } else {
            "number"
        };
        let active = one.active_at.map(|at| view! { <Ago at /> });
        view! {
            <tr>
                <th scope="row">{one.name}</th>
                <td class="number">{one.waiting}</td>
                <td class="number">{one.unacknowledged}</td>
                <td class="number">{one.redelivered}</td>
                <td class=class>{one.dead}</td>
                <td>{active}</td>
            </tr>
        }
    });
    view! {
        <div class="table" tabindex="0" role="group" aria-labelledby=id>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Consumer"</th>
                        <th scope="col" class="number">"Waiting"</th>
                        <th scope="col" class="number">"In hand"</th>
                        <th scope="col" class="number">"Delivered again"</th>
                        <th scope="col" class="number">"Dead letters"</th>
                        <th scope="col">"Last read"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
