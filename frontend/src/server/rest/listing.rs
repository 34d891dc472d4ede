//! Lists that may be long are read piece by piece: `?limit=&before=`. While more may follow, an answer carries the next piece's
//! address in `Link: <…>; rel="next"`; clients follow it and never look into the cursor.

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::HeaderValue;
use axum::http::header::LINK;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::listing::Ordered;
use contract::rpc::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::Query;
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

/// The parameters that every such list has.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Piece {
    /// How many at most; 100 where absent, and never more than 1 000.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Where to go on: a cursor from the `Link` header of an answer.
    before: Option<String>,
}

/// The piece of a list that is wanted. `P` is the place of an item in the list's order.
pub(super) struct Page<P> {
    pub(super) limit: u32,
    /// Behind this one.
    pub(super) before: Option<P>,
    /// Where this list is, without a cursor.
    address: String,
}

impl<S: Send + Sync, P: DeserializeOwned + Send> FromRequestParts<S> for Page<P> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        let Query(Piece { limit, before }) = Query::from_request_parts(parts, state).await?;
        let before = before.map(|cursor| read(&cursor).ok_or_else(unreadable));
        let uri = OriginalUri::from_request_parts(parts, state).await;
        let uri = uri.map_or_else(|_| parts.uri.clone(), |OriginalUri(uri)| uri);
        Ok(Self {
            limit: limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT),
            before: before.transpose()?,
            address: without_cursor(uri.path(), uri.query().unwrap_or_default()),
        })
    }
}

impl<P: Serialize> Page<P> {
    /// The answer to a request for such a list.
    pub(super) async fn ask<L>(
        mut self,
        member: &Member,
    ) -> Result<Listed<L::Item>, ProblemResponse>
    where
        L: Ordered<Place = P>,
    {
        let items = member.ask(L::piece(self.limit, self.before.take())).await?;
        Ok(self.of(items, L::place))
    }

    /// The answer with these items, which are all that follow or as many as were wanted.
    pub(super) fn of<T>(&self, items: Vec<T>, place: impl Fn(&T) -> P) -> Listed<T> {
        let full = items.len() >= self.limit as usize;
        let last = items.last().filter(|_| full);
        let next = last.map(|item| {
            let separator = if self.address.contains('?') { '&' } else { '?' };
            format!("{}{separator}before={}", self.address, write(&place(item)))
        });
        Listed { items, next }
    }
}

/// An answer: the items as a JSON array, and where the next ones are.
pub(super) struct Listed<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let link = self.next.map(|next| format!("<{next}>; rel=\"next\""));
        let mut response = Json(self.items).into_response();
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(LINK, link);
        }
        response
    }
}

fn write(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// A place of our own making, or what the type reads from plain text.
fn read<P: DeserializeOwned>(cursor: &str) -> Option<P> {
    let json = URL_SAFE_NO_PAD.decode(cursor).ok();
    let place = json.and_then(|json| serde_json::from_slice(&json).ok());
    place.or_else(|| serde_json::from_value(Value::from(cursor)).ok())
}

fn unreadable() -> Error {
    Error::invalid(
        "before",
        "is no cursor of this list: follow the `Link` of an answer",
    )
}

fn without_cursor(path: &str, query: &str) -> String {
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("before="))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: u32) -> Page<u32> {
        Page {
            limit,
            before: None,
            address: without_cursor("/list", "before=x&open=true&limit=2"),
        }
    }

    #[test]
    fn a_full_piece_names_the_next_one() {
        let listed = page(2).of(vec![9, 7], |item| *item);
        let next = listed.next.expect("more");
        assert_eq!(
            next,
            format!("/list?open=true&limit=2&before={}", write(&7))
        );
        let (_, cursor) = next.rsplit_once('=').expect("a cursor");
        assert_eq!(read::<u32>(cursor), Some(7));
        assert_eq!(page(3).of(vec![9, 7], |item| *item).next, None);
        assert_eq!(page(3).of(Vec::new(), |item: &u32| *item).next, None);
    }

    #[test]
    fn a_cursor_of_another_making_is_none() {
        for cursor in ["", "x", "2026-11-27T00:00:00Z", &write(&"text")] {
            assert_eq!(read::<u32>(cursor), None, "{cursor}");
        }
    }
}
