//! The REST API below `/api/v1`. Every error is a problem (RFC 9457).
#![expect(
    unused_qualifications,
    reason = "utoipa's macros name parameters in full"
)]

mod account;
mod agent;
mod agents;
mod alerts;
mod audit;
mod channel;
mod channels;
mod dead_letters;
mod deliveries;
mod faults;
mod incident;
mod incidents;
mod invitation;
mod invitations;
mod listing;
mod login;
mod logs;
mod maintenance;
mod maintenances;
mod member;
mod members;
mod metrics;
mod monitor;
mod monitors;
mod page;
mod pages;
mod ping;
mod query;
mod regions;
mod results;
mod routes;
mod rule;
mod rules;
mod services;
mod signup;
mod since;
mod streams;
mod strict;
mod summary;
mod tenant;
mod tenants;
mod timings;
mod token;
mod tokens;
mod trace;
mod traces;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use service::problem::ProblemResponse;
use utoipa_axum::routes;

use self::routes::Routes;
use super::Site;
use super::openapi::{self, Document};

/// Where the API is.
pub(crate) const BASE: &str = "/api/v1";

/// Every route, behind its gate. Paths, parameters and answers are said at the handlers.
fn all() -> Routes {
    Routes::default()
        .anyone(routes!(openapi::read))
        .anyone(routes!(signup::create))
        .anyone(routes!(login::create))
        .anyone(routes!(agent::register))
        .anyone(routes!(invitation::show))
        .person(routes!(invitation::accept))
        .person(routes!(account::read, account::rename, account::remove))
        .person(routes!(account::change_password))
        .person(routes!(account::sessions, account::end_sessions))
        .person(routes!(tenants::list, tenants::create))
        .viewer(routes!(tenant::read))
        .admin(routes!(tenant::rename))
        .owner(routes!(tenant::remove))
        .nest("/tenants/{tenant}", tenant())
}

fn tenant() -> Routes {
    Routes::default()
        .viewer(routes!(monitors::list))
        .editor(routes!(monitors::create))
        .viewer(routes!(monitor::read))
        .editor(routes!(monitor::update, monitor::remove))
        .viewer(routes!(results::list))
        .viewer(routes!(summary::read))
        .viewer(routes!(timings::read))
        .viewer(routes!(metrics::list))
        .viewer(routes!(metrics::latest))
        .viewer(routes!(metrics::label_values))
        .viewer(routes!(query::read))
        .viewer(routes!(incidents::list))
        .editor(routes!(incidents::create))
        .viewer(routes!(incident::read))
        .editor(routes!(incident::remove))
        .editor(routes!(incident::add_update))
        .viewer(routes!(rules::list))
        .editor(routes!(rules::create))
        .viewer(routes!(rules::backtest))
        .viewer(routes!(rule::read))
        .editor(routes!(rule::update, rule::remove))
        .viewer(routes!(alerts::list))
        .viewer(routes!(maintenances::list))
        .editor(routes!(maintenances::create))
        .viewer(routes!(maintenance::read))
        .editor(routes!(maintenance::update, maintenance::remove))
        .viewer(routes!(pages::list))
        .editor(routes!(pages::create))
        .viewer(routes!(page::read))
        .collaborator(routes!(page::update))
        .editor(routes!(page::remove))
        .collaborator(routes!(page::set_password))
        .collaborator(routes!(page::set_logo))
        .collaborator(routes!(page::set_host))
        .collaborator(routes!(page::verify_host))
        .editor(routes!(page::set_collaborators))
        .viewer(routes!(regions::list))
        .editor(routes!(channels::list, channels::create))
        .editor(routes!(channel::read, channel::update, channel::remove))
        .editor(routes!(channel::test))
        .editor(routes!(deliveries::list))
        .editor(routes!(dead_letters::list))
        .editor(routes!(dead_letters::replay))
        .viewer(routes!(traces::find))
        .viewer(routes!(trace::read))
        .viewer(routes!(logs::read))
        .viewer(routes!(services::list))
        .viewer(routes!(services::map))
        .viewer(routes!(streams::list))
        .viewer(routes!(faults::list))
        .admin(routes!(faults::set, faults::clear))
        .admin(routes!(tokens::list, tokens::create))
        .admin(routes!(token::revoke))
        .viewer(routes!(agents::list))
        .admin(routes!(agents::invite))
        .admin(routes!(agent::remove))
        .viewer(routes!(members::list))
        .insider(routes!(member::leave))
        .admin(routes!(member::change_role, member::remove))
        .admin(routes!(invitations::list, invitations::create))
        .admin(routes!(invitation::revoke))
        .admin(routes!(audit::list))
}

pub(crate) fn router() -> anyhow::Result<Router<Site>> {
    let (router, described) = all().split();
    let document = Document::new(&openapi::complete(BASE, described)?)?;
    let router = router
        .layer(Extension(document))
        .fallback(unknown)
        .method_not_allowed_fallback(not_allowed)
        .layer(map_response(challenge));
    Ok(router)
}

async fn unknown() -> ProblemResponse {
    ProblemResponse::new(StatusCode::NOT_FOUND, "not_found", "there is no such path")
}

async fn not_allowed() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path does not know that method",
    )
}

/// Says how to authenticate to those who did not.
async fn challenge(response: Response) -> Response {
    if response.status() != StatusCode::UNAUTHORIZED {
        return response;
    }
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
    (challenge, response).into_response()
}
