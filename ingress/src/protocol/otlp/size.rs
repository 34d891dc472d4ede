//! How much a body becomes once it is decoded. Two bytes can be a message of a hundred, so that is found out first.

use axum::http::StatusCode;
use contract::problem::FieldError;
use service::problem::ProblemResponse;

use crate::protocol::unreadable;
use crate::wire::{Fields, Malformed};

/// Messages or objects a data point may consist of on average: itself and its attributes.
const PARTS: usize = 32;
const MAX_DEPTH: usize = 64;

/// A kind of message, with the fields that are messages themselves.
struct Shape(&'static [(u32, &'static Shape)]);

/// A request as a whole.
pub(crate) struct Request {
    pub(crate) name: &'static str,
    field: &'static str,
    shape: Shape,
}

pub(crate) static METRICS: Request = Request {
    name: "ExportMetricsServiceRequest",
    field: "resource_metrics",
    shape: Shape(&[(1, &RESOURCE_METRICS)]),
};
pub(crate) static TRACES: Request = Request {
    name: "ExportTraceServiceRequest",
    field: "resource_spans",
    shape: Shape(&[(1, &RESOURCE_SPANS)]),
};
pub(crate) static LOGS: Request = Request {
    name: "ExportLogsServiceRequest",
    field: "resource_logs",
    shape: Shape(&[(1, &RESOURCE_LOGS)]),
};

static RESOURCE_SPANS: Shape = Shape(&[(1, &RESOURCE), (2, &SCOPE_SPANS)]);
static SCOPE_SPANS: Shape = Shape(&[(1, &SCOPE), (2, &SPAN)]);
static SPAN: Shape = Shape(&[(9, &KEY_VALUE), (11, &EVENT), (13, &LINK), (15, &LEAF)]);
static EVENT: Shape = Shape(&[(3, &KEY_VALUE)]);
static LINK: Shape = Shape(&[(4, &KEY_VALUE)]);
static RESOURCE_LOGS: Shape = Shape(&[(1, &RESOURCE), (2, &SCOPE_LOGS)]);
static SCOPE_LOGS: Shape = Shape(&[(1, &SCOPE), (2, &LOG)]);
static LOG: Shape = Shape(&[(5, &ANY), (6, &KEY_VALUE)]);
static RESOURCE_METRICS: Shape = Shape(&[(1, &RESOURCE), (2, &SCOPE_METRICS)]);
static RESOURCE: Shape = Shape(&[(1, &KEY_VALUE), (3, &ENTITY)]);
static ENTITY: Shape = Shape(&[(3, &LEAF), (4, &LEAF)]);
static SCOPE_METRICS: Shape = Shape(&[(1, &SCOPE), (2, &METRIC)]);
static SCOPE: Shape = Shape(&[(3, &KEY_VALUE)]);
static METRIC: Shape = Shape(&[
    (5, &NUMBERS),
    (7, &NUMBERS),
    (9, &HISTOGRAMS),
    (10, &EXPONENTIALS),
    (11, &SUMMARIES),
    (12, &KEY_VALUE),
]);
static NUMBERS: Shape = Shape(&[(1, &NUMBER)]);
static NUMBER: Shape = Shape(&[(5, &EXEMPLAR), (7, &KEY_VALUE)]);
static HISTOGRAMS: Shape = Shape(&[(1, &HISTOGRAM)]);
static HISTOGRAM: Shape = Shape(&[(8, &EXEMPLAR), (9, &KEY_VALUE)]);
static EXPONENTIALS: Shape = Shape(&[(1, &EXPONENTIAL)]);
static EXPONENTIAL: Shape = Shape(&[(1, &KEY_VALUE), (11, &EXEMPLAR)]);
static SUMMARIES: Shape = Shape(&[(1, &SUMMARY)]);
static SUMMARY: Shape = Shape(&[(6, &LEAF), (7, &KEY_VALUE)]);
static EXEMPLAR: Shape = Shape(&[(7, &KEY_VALUE)]);
static KEY_VALUE: Shape = Shape(&[(2, &ANY)]);
static ANY: Shape = Shape(&[(5, &VALUES), (6, &KEY_VALUES)]);
static VALUES: Shape = Shape(&[(1, &ANY)]);
static KEY_VALUES: Shape = Shape(&[(1, &KEY_VALUE)]);
static LEAF: Shape = Shape(&[]);

pub(super) fn check_protobuf(
    body: &[u8],
    request: &Request,
    most: usize,
) -> Result<(), ProblemResponse> {
    let mut left = most.saturating_mul(PARTS);
    match count(body, &request.shape, MAX_DEPTH, &mut left) {
        Ok(()) if left > 0 => Ok(()),
        Ok(()) => Err(too_many(request, most)),
        Err(Malformed) => Err(unreadable(format!(
            "expected an {} in protobuf",
            request.name
        ))),
    }
}

/// Stops where nothing is left.
fn count(bytes: &[u8], shape: &Shape, depth: usize, left: &mut usize) -> Result<(), Malformed> {
    if depth == 0 {
        return Err(Malformed);
    }
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        let Some((_, inner)) = shape.0.iter().find(|(field, _)| *field == number) else {
            continue;
        };
        *left = left.saturating_sub(1);
        if *left == 0 {
            return Ok(());
        }
        count(value.bytes()?, inner, depth - 1, left)?;
    }
    Ok(())
}

pub(super) fn check_json(
    body: &[u8],
    request: &Request,
    most: usize,
) -> Result<(), ProblemResponse> {
    let (mut objects, mut depth, mut quoted) = (0_usize, 0_usize, false);
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => _ = bytes.next(),
            b'{' | b'[' if !quoted => {
                objects += 1;
                depth += 1;
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(unreadable(format!(
                "JSON nested deeper than {MAX_DEPTH} levels"
            )));
        }
    }
    if objects < most.saturating_mul(PARTS) {
        Ok(())
    } else {
        Err(too_many(request, most))
    }
}

pub(crate) fn too_many(request: &Request, most: usize) -> ProblemResponse {
    let reason = format!(
        "a push may hold {most} data points, spans or records and, with their attributes, {} messages",
        most.saturating_mul(PARTS)
    );
    ProblemResponse::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "the push holds too many records or attributes",
    )
    .errors(vec![FieldError::new(request.field, reason)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_bytes_that_become_large_are_refused() {
        let empty_resources = [0x0a, 0x00].repeat(1_000);
        assert!(check_protobuf(&empty_resources, &METRICS, 100).is_ok());
        let refused = check_protobuf(&empty_resources, &METRICS, 10).expect_err("1000 of 320");
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let empty_objects = format!("[{}{{}}]", "{},".repeat(1_000));
        assert!(check_json(empty_objects.as_bytes(), &METRICS, 100).is_ok());
        let refused = check_json(empty_objects.as_bytes(), &METRICS, 10).expect_err("1000 of 320");
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let quoted = format!("[\"{}\"]", r#"{\"{"#.repeat(1_000));
        assert!(
            check_json(quoted.as_bytes(), &METRICS, 10).is_ok(),
            "text is not structure"
        );
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let refused = check_json(deep.as_bytes(), &METRICS, 1_000_000).expect_err("deep");
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}
