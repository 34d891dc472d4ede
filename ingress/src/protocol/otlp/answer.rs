//! Answers in the encoding of the request.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prost::Message;
use serde_json::json;
use service::problem::ProblemResponse;

use super::Format;
use crate::protocol::{in_words, wait};

/// `google.rpc.Status`, which OTLP asks errors to be.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The answers to all three signals, which differ only in a name that protobuf does not write.
#[derive(Clone, PartialEq, Message)]
struct Taken {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

/// `name` is what JSON calls the number of the rejected.
pub(crate) fn taken(format: Format, name: &str, rejected: usize, message: String) -> Response {
    let body = match format {
        Format::Protobuf => {
            let partial = PartialSuccess {
                rejected: i64::try_from(rejected).unwrap_or(i64::MAX),
                error_message: message,
            };
            let answer = Taken {
                partial_success: (rejected > 0).then_some(partial),
            };
            answer.encode_to_vec()
        }
        // In the JSON of protobuf a 64-bit number is text.
        Format::Json if rejected > 0 => json!({"partialSuccess": {
            name: rejected.to_string(),
            "errorMessage": message,
        }})
        .to_string()
        .into_bytes(),
        Format::Json => b"{}".to_vec(),
    };
    respond(StatusCode::OK, format, body)
}

pub(crate) fn refused(format: Format, problem: &ProblemResponse) -> Response {
    let status = Status {
        code: code(problem.status()),
        message: in_words(problem),
    };
    let body = match format {
        Format::Protobuf => status.encode_to_vec(),
        Format::Json => json!({"code": status.code, "message": status.message})
            .to_string()
            .into_bytes(),
    };
    let mut response = respond(problem.status(), format, body);
    wait(problem, &mut response);
    response
}

fn respond(status: StatusCode, format: Format, body: Vec<u8>) -> Response {
    let mut response = (status, body).into_response();
    let media_type = match format {
        Format::Protobuf => "application/x-protobuf",
        Format::Json => "application/json",
    };
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// The code of gRPC that says the same.
fn code(status: StatusCode) -> i32 {
    match status {
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::FORBIDDEN => 7,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYLOAD_TOO_LARGE => 8,
        StatusCode::SERVICE_UNAVAILABLE => 14,
        StatusCode::REQUEST_TIMEOUT => 4,
        status if status.is_client_error() => 3,
        _ => 13,
    }
}
