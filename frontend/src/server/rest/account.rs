//! `GET|PATCH|DELETE /account`, `PUT /account/password`, `GET|DELETE /account/sessions`

use axum::Json;
use axum::http::StatusCode;
use contract::account::{
    ChangePassword, DeleteAccount, Identity, ListSessions, NameForm, OpenSession, PasswordForm,
    Rename, SignOutEverywhere, User,
};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use crate::server::extract::Body;
use crate::server::member::Person;

/// Read one's own account
///
/// Who the caller is, and where they belong.
#[utoipa::path(
    get,
    path = "/account",
    operation_id = "read_account",
    tag = "accounts",
    responses((status = 200, description = "The person.", body = Identity)),
)]
pub(super) async fn read(person: Person) -> Json<Identity> {
    Json(person.identity)
}

/// Change one's own name
#[utoipa::path(
    patch,
    path = "/account",
    operation_id = "rename_account",
    tag = "accounts",
    request_body(content = NameForm, example = json!({"name": "Ada"})),
    responses((status = 200, description = "The person.", body = User)),
)]
pub(super) async fn rename(
    person: Person,
    Body(form): Body<NameForm>,
) -> Result<Json<User>, ProblemResponse> {
    Ok(Json(person.ask(Rename { form }).await?))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PresentPassword)]
pub(super) struct Proof {
    password: String,
}

/// Delete one's own account
///
/// Needs the password. Sessions, bearer tokens and places in tenants end; API tokens belong to their tenants and stay. There is no way back.
#[utoipa::path(
    delete,
    path = "/account",
    operation_id = "delete_account",
    tag = "accounts",
    request_body(content = Proof, example = json!({"password": "correct horse battery staple"})),
    responses((status = 204, description = "It is gone."), (status = 409, description = "A tenant would have no owner."), (status = 429, description = "Too many attempts.")),
)]
pub(super) async fn remove(
    person: Person,
    Body(Proof { password }): Body<Proof>,
) -> Result<StatusCode, ProblemResponse> {
    person.ask(DeleteAccount { password }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change the password
///
/// Needs the present one. Ends all sessions and makes the bearer tokens so far invalid, that of this request included.
#[utoipa::path(
    put,
    path = "/account/password",
    operation_id = "change_password",
    tag = "accounts",
    request_body(content = PasswordForm, example = json!({"current": "correct horse battery staple", "new": "another long password"})),
    responses((status = 204, description = "It is changed."), (status = 429, description = "Too many attempts.")),
)]
pub(super) async fn change_password(
    person: Person,
    Body(form): Body<PasswordForm>,
) -> Result<StatusCode, ProblemResponse> {
    let secret = None;
    person.ask(ChangePassword { form, secret }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List one's own sessions
///
/// Of browsers, those seen last first.
#[utoipa::path(
    get,
    path = "/account/sessions",
    operation_id = "list_sessions",
    tag = "accounts",
    responses((status = 200, description = "Open sessions.", body = Vec<OpenSession>)),
)]
pub(super) async fn sessions(person: Person) -> Result<Json<Vec<OpenSession>>, ProblemResponse> {
    let secret = None;
    Ok(Json(person.ask(ListSessions { secret }).await?))
}

/// Sign out everywhere
///
/// Ends all sessions; bearer tokens so far are invalid at once.
#[utoipa::path(
    delete,
    path = "/account/sessions",
    operation_id = "sign_out_everywhere",
    tag = "accounts",
    responses((status = 204, description = "Nothing is open any more.")),
)]
pub(super) async fn end_sessions(person: Person) -> Result<StatusCode, ProblemResponse> {
    person.ask(SignOutEverywhere {}).await?;
    Ok(StatusCode::NO_CONTENT)
}
