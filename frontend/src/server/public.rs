//! What a status page has beside its HTML: documents for programs, feeds, badges, its logo and its door. Everything below the
//! page's own path, or on its own host.

mod badge;
pub(crate) mod cached;
mod feed;
mod logo;
mod page;
pub(crate) mod pass;
pub(crate) mod place;
mod statuspage;
mod unlock;

use axum::Router;
use axum::routing::{get, post};

use super::{Site, live};

pub(crate) fn router() -> Router<Site> {
    Router::new()
        .nest("/t/{tenant}", documents())
        .nest("/t/{tenant}/{page}", documents())
}

fn documents() -> Router<Site> {
    Router::new()
        .route("/live", get(live::visitors))
        .route("/logo", get(logo::read))
        .route("/unlock", post(unlock::create))
        .route("/history.rss", get(feed::rss))
        .route("/history.atom", get(feed::atom))
        .nest("/api/v2", statuspage::router())
        .nest("/api/v1/endpoints/{key}", badge::router())
}
