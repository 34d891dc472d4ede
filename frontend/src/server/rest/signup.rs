//! `POST /signup`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::account::{SignUp, SignUpForm};
use contract::rpc::Caller;
use service::problem::ProblemResponse;

use super::login::bearer;
use crate::server::Site;
use crate::server::ask::ask;
use crate::server::extract::Body;
use crate::server::jwt::Bearer;

/// Sign up
///
/// Creates a person and their first tenant; answers with a bearer token, as `login` does.
#[utoipa::path(
    post,
    path = "/signup",
    operation_id = "sign_up",
    tag = "accounts",
    request_body(content = SignUpForm, example = json!({"email": "ada@example.com", "password": "correct horse battery staple", "name": "Ada", "tenant": "engines"})),
    responses((status = 201, description = "Welcome.", body = Bearer), (status = 403, description = "Accounts are made by invitation here."), (status = 409, description = "The e-mail or the name of the tenant is taken."), (status = 429, description = "Too many attempts.")),
)]
pub(super) async fn create(
    State(site): State<Site>,
    Body(form): Body<SignUpForm>,
) -> Result<(StatusCode, Json<Bearer>), ProblemResponse> {
    let session = ask(&site.bus, &Caller::Visitor, &SignUp { form }).await?;
    Ok((StatusCode::CREATED, bearer(&site, session).await?))
}
