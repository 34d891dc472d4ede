//! The description of the REST API, made from the handlers themselves. What all operations share is added here.

mod errors;
mod examples;
mod link;
mod parameters;

use axum::Extension;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use contract::problem::{FieldError, Problem};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, ComponentsBuilder, InfoBuilder, OpenApi};

use self::examples::Examples;
use super::gate::{PERSON, TOKEN};

const DESCRIPTION: &str = "\
Everything that the pages do. Send `Authorization: Bearer` with the token of a login, good for 15 minutes, or with an API token. \
`security` says for each operation the least role of a person and the scope of an API token. To those who do not belong to it, a \
tenant does not exist. Every error is a problem (RFC 9457). Parameters that an operation does not know are refused. Times are RFC 3339 \
in UTC where they are text and Unix milliseconds where they are numbers.";

/// The document as it is served.
#[derive(Clone)]
pub(crate) struct Document(Bytes);

impl Document {
    pub(crate) fn new(api: &OpenApi) -> anyhow::Result<Self> {
        Ok(Self(api.to_json()?.into()))
    }
}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "read_document",
    tag = "api",
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value)),
)]
pub(crate) async fn read(Extension(Document(json)): Extension<Document>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], json)
}

/// Adds what all operations share. `api` has paths below `base`.
pub(crate) fn complete(base: &str, api: OpenApi) -> anyhow::Result<OpenApi> {
    let info = InfoBuilder::new()
        .title("Overseer")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION));
    let mut document = OpenApi::new(info.build(), utoipa::openapi::Paths::new());
    document.components = Some(shared());
    let mut document = document.nest(base, api);
    let examples = Examples::of(&document)?;
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            parameters::complete(path, operation);
            link::complete(operation);
            examples.complete(operation)?;
            errors::complete(path, method, operation);
        }
    }
    Ok(document)
}

/// The operations of a path, each with its method.
pub(crate) fn operations(
    item: &mut PathItem,
) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
        ("HEAD", &mut item.head),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn shared() -> Components {
    let bearer = |words, format: Option<&str>| {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(words));
        let scheme = match format {
            Some(format) => scheme.bearer_format(format),
            None => scheme,
        };
        SecurityScheme::Http(scheme.build())
    };
    ComponentsBuilder::new()
        .schema_from::<Problem>()
        .schema_from::<FieldError>()
        .security_scheme(
            PERSON,
            bearer("From `login`; good for 15 minutes.", Some("JWT")),
        )
        .security_scheme(TOKEN, bearer("An API token of the tenant, `ovs_…`.", None))
        .build()
}
