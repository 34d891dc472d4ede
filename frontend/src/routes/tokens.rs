//! API tokens: what outside services push and read with.

pub mod create;

use contract::id::{Slug, TokenId};
use contract::token::{Scope, Token};
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::command::Command;
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::removal::RemovalOf;
use crate::components::skeleton::Skeleton;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::command::push;
use create::CreateToken;

/// Revokes a token as posted by a form.
#[server(prefix = "/fn", endpoint = "revoke-token-form")]
pub async fn revoke_by_form(tenant: Slug, id: TokenId) -> Result<(), Error> {
    api::revoke_token(tenant, id).await
}

#[component]
pub fn Tokens() -> impl IntoView {
    let tenant = Tenant::of_page();
    let revoke = ServerAction::<RevokeByForm>::new();
    let created = RwSignal::new(0);
    let tokens = Resource::new(
        move || (tenant.slug.get(), revoke.version().get(), created.get()),
        move |_| async move { api::tokens(tenant.id()?).await },
    );
    let error = error_of(revoke);
    view! {
        <Title text="Tokens" />
        <header class="row apart">
            <h1>"Tokens"</h1>
        </header>
        <FormProblem error />
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match tokens.await.and_then(|tokens| known.map(|()| tokens)) {
                    Ok(tokens) => Either::Left(view! { <List tenant tokens revoke /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
        <CreateToken tenant created />
    }
}

#[component]
fn List(tenant: Tenant, tokens: Vec<Token>, revoke: ServerAction<RevokeByForm>) -> impl IntoView {
    let command = Signal::derive(move || push(&tenant.ingress_url.get(), "$TOKEN"));
    if tokens.is_empty() {
        return Either::Left(view! {
            <div class="empty">
                <h2>"No service can push yet"</h2>
                <p>"Create a token below, put it in place of $TOKEN, and run this anywhere:"</p>
                <Command text=command />
            </div>
        });
    }
    let rows = tokens.into_iter().map(|token| row(tenant, token, revoke));
    Either::Right(view! {
        <div class="table">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"May"</th>
                        <th scope="col">"Created"</th>
                        <th scope="col"><span class="visually-hidden">"Revoke"</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <section aria-labelledby="push">
            <h2 id="push">"Push a metric"</h2>
            <p>"Put a token in place of $TOKEN. The sample is in Explore within a second."</p>
            <Command text=command />
        </section>
    })
}

fn row(tenant: Tenant, token: Token, revoke: ServerAction<RevokeByForm>) -> impl IntoView {
    let scopes: Vec<_> = token.scopes.iter().map(|scope| words(*scope)).collect();
    let lost = format!(
        "Services that use {} are refused within a second, and it cannot be brought back.",
        token.name
    );
    let name = token.name.clone();
    view! {
        <tr>
            <th scope="row">{token.name}</th>
            <td>{scopes.join(", ")}</td>
            <td class="nowrap"><Time at=token.created_at /></td>
            <td class="number">
                <RemovalOf what="Revoke" name lost>
                    <ActionForm action=revoke>
                        <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                        <input type="hidden" name="id" value=token.id.to_string() />
                        <button type="submit" class="danger small">"Revoke the token"</button>
                    </ActionForm>
                </RemovalOf>
            </td>
        </tr>
    }
}

fn words(scope: Scope) -> &'static str {
    match scope {
        Scope::MetricsWrite => "push metrics",
        Scope::MetricsBackfill => "push older metrics",
        Scope::TelemetryWrite => "push traces and logs",
        Scope::Read => "read",
        Scope::Manage => "read and change",
    }
}
