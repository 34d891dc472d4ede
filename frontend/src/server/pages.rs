//! Rendering pages and answering server functions.

use std::pin::Pin;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt, stream};
use leptos::nonce::use_nonce;
use leptos::prelude::{RenderHtml, expect_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{
    generate_route_list, handle_response_inner, handle_server_fns_with_context,
    render_app_async_with_context,
};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;

use super::coalescing::{Coalescing, coalesce};
use super::public::cached::{self, Keep};
use super::shell::shell;
use super::visit::Visit;
use super::{Site, headers, typed};
use crate::app::App;

/// How long a public page may be shown without asking again. Those who look at it are told of changes.
const SECONDS: u32 = 10;

/// The pages of [`App`], the server functions they call, and the page for paths that nobody knows.
pub(crate) fn router(site: &Site) -> Router<Site> {
    let mut router = Router::new().fallback(unknown);
    let public = ServiceBuilder::new()
        .layer(from_fn_with_state(Coalescing::default(), coalesce))
        // Inside, so that what many get is compressed once.
        .layer(CompressionLayer::new());
    for page in generate_route_list(App) {
        let page = page.path();
        router = if is_public(page) {
            router.route(page, get(render).layer(public.clone()))
        } else {
            router.route(page, get(render))
        };
    }
    for (path, _) in server_fn_paths().filter(|(path, _)| path.starts_with("/fn/")) {
        let site = site.clone();
        let answer = move |request: Request<Body>| {
            let begin = move || Visit::begin(site.clone());
            typed::keep(request, |request| async {
                let answer = handle_server_fns_with_context(begin, request).await;
                answer.into_response()
            })
        };
        router = router.route(path, post(answer));
    }
    router
}

/// A page is rendered whole, so that its status can say how it went, and that it reads without script.
async fn render(State(site): State<Site>, request: Request) -> Response {
    let public = is_public(request.uri().path());
    let begin = move || {
        Visit::begin(site.clone());
        set_headers(&expect_context(), public);
    };
    if public {
        tagged(plain(begin, request).await).await
    } else {
        render_app_async_with_context(begin, shell)(request).await
    }
}

/// Public pages carry no data for a browser's half that they do not have: their HTML is all there is, the same for everyone.
async fn plain(begin: impl Fn() + Clone + Send + 'static, request: Request) -> Response {
    let page = handle_response_inner(begin, shell, request, |page, _data, _| {
        Box::pin(async move {
            // All of it, before its head is written: that tells what the rest found out.
            let pieces: Vec<_> = page.to_html_stream_in_order().collect().await;
            Box::pin(stream::iter(pieces)) as Pin<Box<dyn Stream<Item = String> + Send>>
        })
    });
    page.await
}

/// What is the same for everybody may be kept for a moment, and need not be sent again as long as it is the same.
async fn tagged(page: Response) -> Response {
    let private = page
        .headers()
        .get(CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().ends_with(b"no-store"));
    if page.status() != StatusCode::OK || private {
        return page;
    }
    let (head, body) = page.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = Response::from_parts(head, Body::empty());
    let keep = Keep::Public { seconds: SECONDS };
    cached::tagged(page, body.into(), keep)
}

async fn unknown(site: State<Site>, request: Request) -> Response {
    let mut page = render(site, request).await;
    *page.status_mut() = StatusCode::NOT_FOUND;
    page.into_response()
}

fn set_headers(visit: &Visit, public: bool) {
    let nonce = use_nonce().filter(|_| !public);
    let policy = headers::page_policy(nonce.as_deref());
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        visit.set_header(CONTENT_SECURITY_POLICY, policy);
    }
    if public {
        visit.set_header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        // The theme and the password of a page are in cookies.
        visit.set_header(VARY, HeaderValue::from_static("cookie"));
    }
}

/// Public pages are plain: no WebAssembly, the same for everyone.
pub(crate) fn is_public(path: &str) -> bool {
    path.starts_with("/t/")
}
