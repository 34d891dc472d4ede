//! The description of everything here, made from the handlers themselves.

mod errors;

use axum::Json;
use contract::metric::{Accepted, PushedSample};
use contract::problem::Problem;
use serde::Serialize;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use self::errors::Documented;
use crate::protocol::{influx, json, otlp, remote_write};
use crate::{heartbeat, telemetry};

/// `GET /api/v1/openapi.json`
pub(crate) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Overseer ingress",
        description = "Where metrics, traces, logs and heartbeats come in. A success means: accepted by the log, survives the crash of any process.",
    ),
    paths(
        json::push,
        otlp::push,
        telemetry::push_traces,
        telemetry::push_logs,
        remote_write::push,
        influx::write,
        influx::write_v2,
        heartbeat::ping,
        heartbeat::signal,
        heartbeat::push,
        heartbeat::external,
    ),
    components(schemas(Accepted, Problem, PushedSample)),
    modifiers(&Secured, &Documented),
)]
struct Description;

/// One batch of the project's own JSON.
#[derive(Serialize, ToSchema)]
pub(crate) struct Push {
    #[schema(min_items = 1, max_items = 10_000)]
    samples: Vec<PushedSample>,
}

struct Secured;

impl Modify for Secured {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let http = |scheme| SecurityScheme::Http(HttpBuilder::new().scheme(scheme).build());
        let schemes = [
            ("bearer", http(HttpAuthScheme::Bearer)),
            ("basic", http(HttpAuthScheme::Basic)),
            (
                "key",
                SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key"))),
            ),
        ];
        let components = description.components.get_or_insert_default();
        for (name, scheme) in schemes {
            components.add_security_scheme(name, scheme);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_as_agreed() {
        insta::assert_json_snapshot!("openapi", Description::openapi());
    }

    #[test]
    fn the_example_is_a_push() {
        let example = Push {
            samples: vec![PushedSample {
                name: "queue_depth".to_owned(),
                labels: [("queue".to_owned(), "mail".to_owned())].into(),
                value: 7.0,
                timestamp_ms: None,
                kind: contract::metric::Kind::Gauge,
                unit: None,
            }],
        };
        let document = serde_json::to_value(Description::openapi()).expect("is JSON");
        let described = &document["paths"]["/api/v1/metrics"]["post"]["requestBody"]["content"]["application/json"]
            ["example"];
        assert_eq!(*described, serde_json::to_value(example).expect("is JSON"));
    }
}
