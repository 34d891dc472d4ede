//! The errors that every operation shares, in the shape of its protocol.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::Modify;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder, Schema};

/// Adds them.
pub(super) struct Documented;

/// What may be answered by any operation, and when.
const SHARED: [(&str, &str); 6] = [
    (
        "400",
        "The body or a parameter cannot be read; nothing was taken unless the answer says so.",
    ),
    ("408", "The body did not arrive in time."),
    (
        "413",
        "The body, or what it inflates to, is too large, or holds too many samples. The limit is named.",
    ),
    (
        "415",
        "The content type or encoding is not one of those that are taken.",
    ),
    (
        "429",
        "Too fast, or too much at the same time. Nothing was taken: send the same again after `Retry-After` seconds.",
    ),
    (
        "503",
        "Not stored safely, or nothing is known yet. Send the same again after `Retry-After` seconds.",
    ),
];
const OF_TOKENS: [(&str, &str); 2] = [
    ("401", "No token, or one that is unknown or was revoked."),
    (
        "403",
        "The token lacks the scope `metrics_write`, or `telemetry_write` for traces and logs.",
    ),
];

impl Modify for Documented {
    fn modify(&self, description: &mut OpenApi) {
        for (path, item) in &mut description.paths.paths {
            let operations = [&mut item.get, &mut item.post, &mut item.head];
            for operation in operations.into_iter().flatten() {
                document(path, operation);
            }
        }
    }
}

fn document(path: &str, operation: &mut Operation) {
    let mut statuses = SHARED.to_vec();
    if operation.security.is_some() {
        statuses.extend(OF_TOKENS);
    }
    if path.starts_with("/ping") || path.starts_with("/api/push") || path.ends_with("/external") {
        statuses.push(("404", "No monitor has this ping key."));
    }
    if path == "/api/v1/metrics" {
        statuses.push((
            "422",
            "No sample of the push could be taken; each is named with the rule it breaks.",
        ));
    }
    for (status, words) in statuses {
        let mut response = ResponseBuilder::new().description(words);
        for (media_type, content) in contents(path) {
            response = response.content(media_type, content);
        }
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_owned(), RefOr::T(response.build()));
    }
}

fn contents(path: &str) -> BTreeMap<&'static str, Content> {
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    match path {
        "/v1/metrics" | "/v1/traces" | "/v1/logs" => BTreeMap::from([
            (
                "application/json",
                object(&[("code", Type::Integer), ("message", Type::String)]),
            ),
            ("application/x-protobuf", binary()),
        ]),
        "/write" => BTreeMap::from([("application/json", object(&[("error", Type::String)]))]),
        "/api/v2/write" => BTreeMap::from([(
            "application/json",
            object(&[("code", Type::String), ("message", Type::String)]),
        )]),
        "/api/push/{key}" => BTreeMap::from([(
            "application/json",
            object(&[("ok", Type::Boolean), ("msg", Type::String)]),
        )]),
        "/api/v1/metrics" => BTreeMap::from([("application/problem+json", problem)]),
        _ => BTreeMap::from([("text/plain", text())]),
    }
}

fn object(fields: &[(&str, Type)]) -> Content {
    let builder = fields
        .iter()
        .fold(ObjectBuilder::new(), |object, (name, kind)| {
            let field = Object::with_type(kind.clone());
            object.property(*name, field).required(*name)
        });
    Content::new(Some(Schema::Object(builder.build())))
}

fn text() -> Content {
    let mut content = Content::new(Some(Schema::Object(Object::with_type(Type::String))));
    content.example = Some(json!("too fast; requests: more than 2000 a second"));
    content
}

fn binary() -> Content {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
        .description(Some("google.rpc.Status"))
        .build();
    Content::new(Some(Schema::Object(schema)))
}
