//! `GET|PUT|DELETE /tenants/{tenant}/pages/{id}` and what is set beside a page's description.
//!
//! Whoever belongs to the tenant may try to change a page: the store knows its collaborators. Tokens must manage.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::id::{PageId, UserId};
use contract::page::{
    Delete, Logo, Page, Read, SetCollaborators, SetHost, SetLogo, SetPassword, Spec, Update,
};
use contract::rpc::Error;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::since::Since;
use crate::server::Site;
use crate::server::domain::confirm;
use crate::server::extract::{Body, Id, Query};
use crate::server::member::Member;

#[derive(Deserialize, ToSchema)]
#[schema(as = PagePassword)]
pub(super) struct Password {
    password: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PageLogo)]
pub(super) struct LogoForm {
    logo: Option<Image>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PageImage)]
pub(super) struct Image {
    /// `image/png`, `image/jpeg` or `image/webp`.
    media_type: String,
    /// At most 48 KiB.
    base64: String,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PageDomain)]
pub(super) struct Domain {
    host: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PageCollaborators)]
pub(super) struct Collaborators {
    users: Vec<UserId>,
}

/// Read a status page
#[utoipa::path(
    get,
    path = "/pages/{id}",
    operation_id = "read_page",
    tag = "pages",
    responses((status = 200, description = "The page.", body = Page)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<PageId>,
) -> Result<Json<Page>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// Change a status page
///
/// Replaces its description. For editors, for the page's collaborators whatever their role, and for tokens that may manage.
#[utoipa::path(
    put,
    path = "/pages/{id}",
    operation_id = "update_page",
    tag = "pages",
    params(Since),
    request_body(content = Spec, example = json!({"slug": "eu", "title": "Acme Europe", "visibility": "unlisted", "components": null})),
    responses((status = 200, description = "The page as it is now.", body = Page), (status = 409, description = "It changed meanwhile, or there is a page of that name.")),
)]
pub(super) async fn update(
    member: Member,
    Id(id): Id<PageId>,
    Query(Since { revision }): Query<Since>,
    Body(spec): Body<Spec>,
) -> Result<Json<Page>, ProblemResponse> {
    let update = Update { id, spec, revision };
    Ok(Json(member.ask(update).await?))
}

/// Delete a status page
#[utoipa::path(
    delete,
    path = "/pages/{id}",
    operation_id = "delete_page",
    tag = "pages",
    responses((status = 204, description = "It is gone."), (status = 409, description = "The first page of a tenant stays.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<PageId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask visitors for a password
///
/// `null` opens the page to everybody. For editors, for the page's collaborators whatever their role, and for tokens that may manage.
#[utoipa::path(
    put,
    path = "/pages/{id}/password",
    operation_id = "set_page_password",
    tag = "pages",
    request_body(content = Password, example = json!({"password": "correct horse"})),
    responses((status = 200, description = "The page as it is now.", body = Page)),
)]
pub(super) async fn set_password(
    member: Member,
    Id(id): Id<PageId>,
    Body(Password { password }): Body<Password>,
) -> Result<Json<Page>, ProblemResponse> {
    Ok(Json(member.ask(SetPassword { id, password }).await?))
}

/// Give a page a logo
///
/// `null` takes it away. For editors, for the page's collaborators whatever their role, and for tokens that may manage.
#[utoipa::path(
    put,
    path = "/pages/{id}/logo",
    operation_id = "set_page_logo",
    tag = "pages",
    request_body(content = LogoForm, example = json!({"logo": {"media_type": "image/png", "base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}})),
    responses((status = 200, description = "The page as it is now.", body = Page)),
)]
pub(super) async fn set_logo(
    member: Member,
    Id(id): Id<PageId>,
    Body(LogoForm { logo }): Body<LogoForm>,
) -> Result<Json<Page>, ProblemResponse> {
    let logo = logo.map(decoded).transpose()?;
    Ok(Json(member.ask(SetLogo { id, logo }).await?))
}

/// Claim a domain for a page
///
/// The answer names the TXT record to make. `null` gives the domain up. For editors, for the page's collaborators whatever their role, and for tokens that may manage.
#[utoipa::path(
    put,
    path = "/pages/{id}/host",
    operation_id = "set_page_host",
    tag = "pages",
    request_body(content = Domain, example = json!({"host": "status.example.org"})),
    responses((status = 200, description = "The page as it is now.", body = Page)),
)]
pub(super) async fn set_host(
    member: Member,
    Id(id): Id<PageId>,
    Body(Domain { host }): Body<Domain>,
) -> Result<Json<Page>, ProblemResponse> {
    Ok(Json(member.ask(SetHost { id, host }).await?))
}

/// Verify a page's domain
///
/// Looks for the TXT record. For editors, for the page's collaborators whatever their role, and for tokens that may manage.
#[utoipa::path(
    post,
    path = "/pages/{id}/host/verify",
    operation_id = "verify_page_host",
    tag = "pages",
    responses((status = 200, description = "The domain shows the page.", body = Page), (status = 409, description = "Another page has the domain.")),
)]
pub(super) async fn verify_host(
    member: Member,
    State(site): State<Site>,
    Id(id): Id<PageId>,
) -> Result<Json<Page>, ProblemResponse> {
    Ok(Json(confirm(&site, &member, id).await?))
}

/// Name a page's collaborators
///
/// Members who may change the page whatever their role.
#[utoipa::path(
    put,
    path = "/pages/{id}/collaborators",
    operation_id = "set_page_collaborators",
    tag = "pages",
    request_body(content = Collaborators, example = json!({"users": []})),
    responses((status = 200, description = "The page as it is now.", body = Page)),
)]
pub(super) async fn set_collaborators(
    member: Member,
    Id(id): Id<PageId>,
    Body(Collaborators { users }): Body<Collaborators>,
) -> Result<Json<Page>, ProblemResponse> {
    Ok(Json(member.ask(SetCollaborators { id, users }).await?))
}

fn decoded(image: Image) -> Result<Logo, Error> {
    let bytes = STANDARD.decode(image.base64);
    Ok(Logo {
        media_type: image.media_type,
        bytes: bytes.map_err(|_| Error::invalid("logo.base64", "not Base64"))?,
    })
}
