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

/// Creates a person and their first tenant; answers with a bearer token, as `login` does.
pub(super) async fn create(
    State(site): State<Site>,
    Body(form): Body<SignUpForm>,
) -> Result<(StatusCode, Json<Bearer>), ProblemResponse> {
    let session = ask(&site.bus, &Caller::Visitor, &SignUp { form }).await?;
    Ok((StatusCode::CREATED, bearer(&site, session).await?))
}
