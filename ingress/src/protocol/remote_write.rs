//! Prometheus remote write, 1.0 and 2.0.

mod histogram;
mod series;
mod v1;
mod v2;

use axum::extract::{Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use service::problem::ProblemResponse;

use super::{
    Protocol, content_type, in_plain_words, media_type, rejected_in_words, unreadable, unsupported,
};
use crate::inflate::Encoding;
use crate::judge::{Judge, Verdict};
use crate::{State, intake};

const SAMPLES: HeaderName = HeaderName::from_static("x-prometheus-remote-write-samples-written");
const HISTOGRAMS: HeaderName =
    HeaderName::from_static("x-prometheus-remote-write-histograms-written");
const EXEMPLARS: HeaderName =
    HeaderName::from_static("x-prometheus-remote-write-exemplars-written");

/// Prometheus remote write
///
/// 1.0 and 2.0, always with snappy. The `Written` headers say how much was taken, also beside an error.
#[utoipa::path(
    post,
    path = "/api/v1/write",
    tag = "metrics",
    request_body(content = Vec<u8>, content_type = "application/x-protobuf"),
    responses((status = 204, description = "Every sample is in the log.", headers(
        ("X-Prometheus-Remote-Write-Samples-Written" = i64),
        ("X-Prometheus-Remote-Write-Histograms-Written" = i64),
        ("X-Prometheus-Remote-Write-Exemplars-Written" = i64),
    ))),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn push(Shared(state): Shared<State>, request: Request) -> Response {
    intake::push::<RemoteWrite>(state, request).await
}

/// Remote write in one of its two versions.
pub(crate) struct RemoteWrite {
    version: Version,
    /// How many of the samples that were taken are histograms.
    histograms: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

impl Protocol for RemoteWrite {
    const NAME: &'static str = "remote_write";
    const ENCODINGS: &'static [Encoding] = &[Encoding::Snappy];

    fn negotiate(parts: &Parts) -> Result<Self, ProblemResponse> {
        let expected = "application/x-protobuf, plain or with proto=prometheus.WriteRequest or proto=io.prometheus.write.v2.Request";
        if media_type(&parts.headers) != "application/x-protobuf" {
            return Err(unsupported(expected));
        }
        let version = match proto(&parts.headers) {
            None | Some("prometheus.WriteRequest") => Version::V1,
            Some("io.prometheus.write.v2.Request") => Version::V2,
            Some(_) => return Err(unsupported(expected)),
        };
        Ok(Self {
            version,
            histograms: 0,
        })
    }

    fn read(&mut self, body: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse> {
        let read = match self.version {
            Version::V1 => v1::read(body, judge),
            Version::V2 => v2::read(body, judge),
        };
        self.histograms = read?;
        Ok(())
    }

    /// Prometheus repeats what is answered with 429 or 5xx and drops what is answered with another 4xx. So a push with bad
    /// samples is refused in words, while the headers say how much of it was taken all the same.
    fn answer(&self, verdict: Verdict) -> Result<Response, ProblemResponse> {
        let mut response = if verdict.rejected.is_empty() {
            StatusCode::NO_CONTENT.into_response()
        } else {
            (
                StatusCode::BAD_REQUEST,
                rejected_in_words(&verdict, "samples"),
            )
                .into_response()
        };
        // A stale marker was written, in that it was understood: Prometheus counts what is missing here as lost.
        let written = verdict.accepted + verdict.skipped;
        let counts = [
            (SAMPLES, written - self.histograms),
            (HISTOGRAMS, self.histograms),
            (EXEMPLARS, 0),
        ];
        for (name, count) in counts {
            response.headers_mut().insert(name, count.into());
        }
        Ok(response)
    }

    fn refuse(_parts: &Parts, problem: ProblemResponse) -> Response {
        in_plain_words(&problem)
    }
}

/// The parameter `proto` of the content type.
fn proto(headers: &HeaderMap) -> Option<&str> {
    content_type(headers)
        .split(';')
        .skip(1)
        .find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("proto");
            named.then(|| value.trim().trim_matches('"'))
        })
}

/// Why reading stopped.
enum Stop {
    Malformed,
    Refused(ProblemResponse),
}

impl From<crate::wire::Malformed> for Stop {
    fn from(_: crate::wire::Malformed) -> Self {
        Self::Malformed
    }
}

impl From<ProblemResponse> for Stop {
    fn from(problem: ProblemResponse) -> Self {
        Self::Refused(problem)
    }
}

impl From<Stop> for ProblemResponse {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Malformed => unreadable("expected a write request in protobuf"),
            Stop::Refused(problem) => problem,
        }
    }
}
