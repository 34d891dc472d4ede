//! Files that pages load. Their names carry a hash of what is in them, so browsers keep them for ever.

mod embedded;
mod folder;

use std::collections::HashMap;
use std::path::Path;

use axum::body::Bytes;
use axum::extract::{Path as UrlPath, State};
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use service::problem::ProblemResponse;

use super::Site;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// All of them, in memory: what was read at the start is what is served, also while a deploy replaces the folder.
pub(crate) struct Assets {
    files: HashMap<String, File>,
    /// URL of the style sheet.
    pub(crate) style: String,
    /// URL of the script that every page has.
    pub(crate) script: String,
    /// URL of the icon.
    pub(crate) icon: String,
    pub(crate) client: Option<Client>,
}

/// URLs of the browser's half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) js: String,
    pub(crate) wasm: String,
}

struct File {
    content_type: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Assets {
    /// Errors when the folder is there and is not what the build leaves.
    pub(crate) fn load(folder: Option<&Path>) -> anyhow::Result<Self> {
        let mut files = HashMap::new();
        let mut embed = |file: embedded::File| {
            let name = file.name();
            let url = url(&name);
            files.insert(name, file.into());
            url
        };
        let style = embed(embedded::style());
        let script = embed(embedded::script());
        let icon = embed(embedded::icon());
        let client = if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
            let (client, read) = folder::read(folder)?;
            files.extend(read);
            Some(client)
        } else {
            tracing::warn!(
                ?folder,
                "there is no browser's half (OVERSEER_FRONTEND_ASSETS): pages can be read, not operated"
            );
            None
        };
        Ok(Self {
            files,
            style,
            script,
            icon,
            client,
        })
    }
}

fn url(name: &str) -> String {
    format!("/assets/{name}")
}

/// One file, in the best encoding that the browser takes.
pub(crate) async fn serve(
    State(site): State<Site>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    let Some(file) = site.assets.files.get(&name) else {
        return ProblemResponse::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "there is no such file; the page may be older than the server",
        )
        .into_response();
    };
    let head = [
        (CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (CACHE_CONTROL, IMMUTABLE),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let (encoding, body) = file.best(&headers);
    let mut response = (head, body).into_response();
    if let Some(encoding) = encoding {
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

impl File {
    fn best(&self, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
        let accepted = headers
            .get(ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let accepts = |coding| {
            accepted
                .split(',')
                .any(|offer| offer.trim().split(';').next() == Some(coding))
        };
        match (&self.brotli, &self.gzip) {
            (Some(body), _) if accepts("br") => (Some("br"), body.clone()),
            (_, Some(body)) if accepts("gzip") => (Some("gzip"), body.clone()),
            _ => (None, self.plain.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_encoding_that_is_accepted_is_sent() {
        let file = File {
            content_type: "text/javascript",
            plain: Bytes::from_static(b"plain"),
            brotli: Some(Bytes::from_static(b"br")),
            gzip: Some(Bytes::from_static(b"gz")),
        };
        for (accepted, expected) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip;q=0.8", Some("gzip")),
            ("zstd", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            assert_eq!(file.best(&headers).0, expected, "{accepted}");
        }
    }
}
