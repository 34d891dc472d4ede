//! Asking for a page, for those who cannot be shown its door.

use contract::page::{Show, Shown, View};
use contract::rpc::{Caller, Error};
use service::problem::ProblemResponse;

use super::cached::Keep;
use super::place::Place;
use crate::server::Site;
use crate::server::ask::ask;

/// How long documents may be kept.
const SECONDS: u32 = 30;

/// The page, if it is open to who asks, and how long it may be kept.
pub(super) async fn read(site: &Site, place: &Place) -> Result<(View, Keep), ProblemResponse> {
    let show = Show {
        key: place.key.clone(),
        ..Show::of(place.at.clone())
    };
    match ask(&site.bus, &Caller::Visitor, &show).await? {
        Shown::Open(view) => {
            let locked = !view.listed && place.key.is_some();
            Ok((*view, Keep::page(locked, SECONDS)))
        }
        Shown::Locked(_) => Err(Error::Unauthenticated.into()),
    }
}
