//! What the switches of a test-bed do to ingress: late answers, a wrong clock, and agents that are told to leak.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use bus::Faults;
use contract::fault::Kind;
use contract::header;

pub(crate) async fn obey(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    faults.delay(Kind::IngressLatency).await;
    let mut response = next.run(request).await;
    if let Some(leak) = faults.find(Kind::AgentLeak) {
        let headers = response.headers_mut();
        headers.insert(header::AGENT_LEAK, HeaderValue::from(leak.kib));
    }
    response
}

/// The present instant in Unix milliseconds, by a clock that may be wrong on purpose.
pub(crate) fn now_ms(faults: &Faults) -> i64 {
    let now_ms = service::now().timestamp_millis();
    let skew = faults.find(Kind::ClockSkew);
    now_ms + skew.map_or(0, |skew| skew.ms)
}
