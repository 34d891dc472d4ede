//! `PUT /d/{tenant}/pages/{id}/logo`: a file that a member chose in the dashboard. The page's script sends it as it is.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use contract::id::{PageId, Slug};
use contract::page::{Logo, Page, SetLogo};
use contract::rpc::{Error, Role};
use service::problem::ProblemResponse;

use super::member::{self, Member};
use super::{Site, session};

pub(crate) async fn logo(
    State(site): State<Site>,
    Path((tenant, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Page>, ProblemResponse> {
    let tenant: Slug = tenant.parse().map_err(|_| Error::not_found("tenant"))?;
    let id: PageId = id.parse().map_err(|_| Error::not_found("status page"))?;
    let identity = session::resolve(&site.bus, session::secret(&headers)).await?;
    let identity = identity.ok_or(Error::Unauthenticated)?;
    let place = member::place(&identity, &tenant)?;
    let member = Member::person(site.bus.clone(), identity.user.id, place, Role::Viewer)?;
    let media_type = headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let logo = Some(Logo {
        media_type: media_type.unwrap_or_default().to_owned(),
        bytes: body.to_vec(),
    });
    Ok(Json(member.ask(SetLogo { id, logo }).await?))
}
