//! Every route of the service.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, put};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use super::hosts::{self, Hosts};
use super::{Site, assets, csrf, headers, live, pages, public, rest, upload};

/// Largest body of a request, in bytes: the largest monitor (64 KiB body, 32 headers) as JSON, with room.
const BODY_BYTES: usize = 512 * 1024;

pub(crate) fn router(site: Site) -> anyhow::Result<Router> {
    let secure = site.secure;
    let whole = Router::new()
        .nest(rest::BASE, rest::router()?)
        .route("/assets/{file}", get(assets::serve))
        .merge(public::router())
        .route("/d/{tenant}/live", get(live::members))
        .route("/d/{tenant}/pages/{id}/logo", put(upload::logo))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        // Server functions read their bodies themselves.
        .merge(pages::router(&site).layer(RequestBodyLimitLayer::new(BODY_BYTES)))
        .with_state(site.clone());
    let hosts = Hosts::new(whole.clone(), site.base_domain.as_deref(), site.bus);
    let router = whole
        .layer(from_fn_with_state(hosts, hosts::dispatch))
        .layer(from_fn(csrf::guard))
        .layer(CompressionLayer::new())
        .layer(map_response(move |response: Response| async move {
            headers::complete(response, secure)
        }));
    Ok(router)
}
