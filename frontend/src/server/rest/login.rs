//! `POST /login`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::account::{Session, SignIn, SignOut};
use contract::rpc::Caller;
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::Site;
use crate::server::ask::ask;
use crate::server::extract::Body;
use crate::server::jwt::Bearer;

#[derive(Deserialize)]
pub(super) struct Login {
    email: String,
    password: String,
}

/// A bearer token for 15 minutes.
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
    let bearer = site.keys.issue(session.identity.user.id, service::now());
    bearer.map(Json).map_err(|error| {
        tracing::error!(%error, "cannot sign a token");
        ProblemResponse::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong on our side",
        )
    })
}
