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

static REQUEST: Shape = Shape(&[(1, &RESOURCE_METRICS)]);
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

pub(super) fn check_protobuf(body: &[u8], max_samples: usize) -> Result<(), ProblemResponse> {
    let mut left = max_samples.saturating_mul(PARTS);
    match count(body, &REQUEST, MAX_DEPTH, &mut left) {
        Ok(()) if left > 0 => Ok(()),
        Ok(()) => Err(too_many(max_samples)),
        Err(Malformed) => Err(unreadable(
            "expected an ExportMetricsServiceRequest in protobuf",
        )),
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

pub(super) fn check_json(body: &[u8], max_samples: usize) -> Result<(), ProblemResponse> {
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
    if objects < max_samples.saturating_mul(PARTS) {
        Ok(())
    } else {
        Err(too_many(max_samples))
    }
}

fn too_many(max_samples: usize) -> ProblemResponse {
    let reason = format!(
        "a push may hold {max_samples} data points and, with their attributes, {} messages",
        max_samples.saturating_mul(PARTS)
    );
    ProblemResponse::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "the push holds too many data points or attributes",
    )
    .errors(vec![FieldError::new("resource_metrics", reason)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_bytes_that_become_large_are_refused() {
        let empty_resources = [0x0a, 0x00].repeat(1_000);
        assert!(check_protobuf(&empty_resources, 100).is_ok());
        let refused = check_protobuf(&empty_resources, 10).expect_err("1000 of 320");
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let empty_objects = format!("[{}{{}}]", "{},".repeat(1_000));
        assert!(check_json(empty_objects.as_bytes(), 100).is_ok());
        let refused = check_json(empty_objects.as_bytes(), 10).expect_err("1000 of 320");
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let quoted = format!("[\"{}\"]", r#"{\"{"#.repeat(1_000));
        assert!(
            check_json(quoted.as_bytes(), 10).is_ok(),
            "text is not structure"
        );
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let refused = check_json(deep.as_bytes(), 1_000_000).expect_err("deep");
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}
