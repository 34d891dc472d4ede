//! Every HTTP error leaves through here, as problem details (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::problem::{CONTENT_TYPE, FieldError, Problem};
use contract::rpc;

/// A problem on its way to a client.
#[derive(Debug, Clone)]
pub struct ProblemResponse {
    problem: Problem,
    retry_after_s: Option<u32>,
}

impl ProblemResponse {
    /// `kind` is a stable name for programs, such as `invalid`; `title` a sentence for people.
    pub fn new(status: StatusCode, kind: &str, title: impl Into<String>) -> Self {
        let problem = Problem {
            kind: kind.to_owned(),
            title: title.into(),
            status: status.as_u16(),
            detail: None,
            errors: Vec::new(),
        };
        Self {
            problem,
            retry_after_s: None,
        }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.problem.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.problem.errors = errors;
        self
    }

    #[must_use]
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// What it says, for an answer in the shape of another protocol.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// After how many seconds trying again makes sense.
    pub fn wait_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let mut response = (self.status(), axum::Json(&self.problem)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<rpc::Error> for ProblemResponse {
    fn from(error: rpc::Error) -> Self {
        let title = error.to_string();
        match error {
            rpc::Error::NotFound { .. } => Self::new(StatusCode::NOT_FOUND, "not_found", title),
            rpc::Error::Conflict { .. } => Self::new(StatusCode::CONFLICT, "conflict", title),
            rpc::Error::Invalid { errors } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title).errors(errors)
            }
            rpc::Error::Unauthenticated => {
                Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", title)
            }
            rpc::Error::Forbidden | rpc::Error::Restricted { .. } => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", title)
            }
            rpc::Error::Throttled { retry_after_s } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", title)
                    .retry_after_s(retry_after_s)
            }
            rpc::Error::Unavailable => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title).retry_after_s(2)
            }
        }
    }
}
