//! `POST <page>/unlock`: the form of a page that asks for a password. It works without a script.

use axum::Form;
use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::page::Unlock;
use contract::rpc::{Caller, Error};
use serde::Deserialize;
use service::problem::ProblemResponse;

use super::pass;
use super::place::Place;
use crate::server::Site;
use crate::server::ask::ask;

#[derive(Deserialize)]
pub(super) struct Fields {
    password: String,
}

/// Back to the page, with a pass or with a word about what was wrong.
pub(super) async fn create(
    State(site): State<Site>,
    place: Place,
    Form(fields): Form<Fields>,
) -> Result<Response, ProblemResponse> {
    let unlock = Unlock {
        at: place.at.clone(),
        password: fields.password,
    };
    let home = place.home();
    match ask(&site.bus, &Caller::Visitor, &unlock).await {
        Ok(key) => {
            let cookie = pass::set_cookie(&site.keys, &place.at, home, key, site.secure);
            Ok(back(home, cookie.ok().as_deref()))
        }
        Err(Error::Unauthenticated) => Ok(back(&format!("{home}?door=wrong"), None)),
        Err(Error::Throttled { .. }) => Ok(back(&format!("{home}?door=wait"), None)),
        Err(error) => Err(error.into()),
    }
}

fn back(to: &str, cookie: Option<&str>) -> Response {
    let mut headers = HeaderMap::new();
    let named = [(LOCATION, Some(to)), (SET_COOKIE, cookie)];
    for (name, value) in named {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}
