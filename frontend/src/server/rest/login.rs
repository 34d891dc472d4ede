//! `POST /login`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::account::{Session, SignIn, SignOut};
use contract::rpc::Caller;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use crate::server::Site;
use crate::server::ask::ask;
use crate::server::extract::Body;
use crate::server::jwt::{Bearer, Holder};

#[derive(Deserialize, ToSchema)]
pub(super) struct Login {
    email: String,
    password: String,
}

/// Log in
///
/// A bearer token for 15 minutes. To go on, log in again; for programs that stay, API tokens are made.
#[utoipa::path(
    post,
    path = "/login",
    operation_id = "log_in",
    tag = "accounts",
    request_body(content = Login, example = json!({"email": "ada@example.com", "password": "correct horse battery staple"})),
    responses((status = 200, description = "Send the token as `Authorization: Bearer`.", body = Bearer), (status = 401, description = "The e-mail or the password is wrong."), (status = 429, description = "Too many attempts.")),
)]
pub(super) async fn create(
    State(site): State<Site>,
    Body(Login { email, password }): Body<Login>,
) -> Result<Json<Bearer>, ProblemResponse> {
    let session = ask(&site.bus, &Caller::Visitor, &SignIn { email, password }).await?;
    bearer(&site, session).await
}

/// Issues a bearer token for the person of a session that was opened to check the password, and ends that session.
pub(super) async fn bearer(site: &Site, session: Session) -> Result<Json<Bearer>, ProblemResponse> {
    let secret = session.secret;
    ask(&site.bus, &Caller::Visitor, &SignOut { secret }).await?;
    let holder = Holder {
        user: session.identity.user.id,
        epoch: session.identity.epoch,
    };
    let bearer = site.keys.issue(holder, service::now());
    bearer.map(Json).map_err(|error| {
        tracing::error!(%error, "cannot sign a token");
        ProblemResponse::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong on our side",
        )
    })
}
