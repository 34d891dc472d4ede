//! `GET <page>/logo`

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::Response;
use contract::page::{LOGO_TYPES, ReadLogo};
use contract::rpc::{Caller, Error};
use service::problem::ProblemResponse;

use super::cached::{self, Keep};
use super::place::Place;
use crate::server::Site;
use crate::server::ask::ask;

/// The name carries the page's revision, so that a new logo is another file.
const SECONDS: u32 = 86_400;

pub(super) async fn read(
    State(site): State<Site>,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let locked = place.key.is_some();
    let read = ReadLogo {
        at: place.at,
        key: place.key,
    };
    let logo = ask(&site.bus, &Caller::Visitor, &read).await?;
    let known = LOGO_TYPES
        .into_iter()
        .find(|known| *known == logo.media_type);
    let known = known.ok_or_else(|| Error::not_found("logo"))?;
    let mut response = Response::default();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(known));
    let keep = Keep::page(locked, SECONDS);
    Ok(cached::complete(&headers, response, logo.bytes, keep))
}
