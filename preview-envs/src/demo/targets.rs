use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use contract::id::Region;
use contract::monitor::Spec;
use serde_json::json;

/// The flapping target fails for a while in each period, for the first time soon after the start.
const PERIOD_S: u64 = 360;
const FAILS_FROM_S: u64 = 40;
const FAILS_UNTIL_S: u64 = 130;
/// One in so many answers of the erring target is an error.
const ERRS_EVERY: u64 = 12;

#[derive(Debug, Clone)]
struct Demo {
    began: Instant,
    answered: Arc<AtomicU64>,
}

/// Things worth watching, each with a habit of its own.
pub(super) fn router(began: Instant) -> Router {
    Router::new()
        .route("/shop", get(async || "Welcome\n"))
        .route(
            "/api/health",
            get(async || Json(json!({"status": "ok", "version": "1.42.0"}))),
        )
        .route("/search", get(search))
        .route("/checkout", get(checkout))
        .route("/reports", get(reports))
        .with_state(Demo {
            began,
            answered: Arc::default(),
        })
}

/// The monitors of these targets.
pub(super) fn monitors(base: &str, regions: &[Region]) -> serde_json::Result<Vec<Spec>> {
    let monitor = |name: &str, group: &str, path: &str, public: bool, more: serde_json::Value| {
        let mut spec = json!({
            "name": name, "group": group, "target": format!("{base}{path}"), "interval_s": 10,
            "timeout_ms": 5_000, "regions": regions, "public": public,
        });
        if let (Some(spec), Some(more)) = (spec.as_object_mut(), more.as_object()) {
            spec.extend(more.clone());
        }
        serde_json::from_value(spec)
    };
    let healthy = [
        "[STATUS] == 200",
        "[BODY].status == ok",
        "[RESPONSE_TIME] < 1000",
    ];
    [
        monitor(
            "Shop",
            "Storefront",
            "/shop",
            true,
            json!({"propagate_trace": true}),
        ),
        monitor(
            "Search",
            "Storefront",
            "/search",
            true,
            json!({"degraded_ms": 900}),
        ),
        monitor("Checkout", "Storefront", "/checkout", true, json!({})),
        monitor(
            "Public API",
            "Platform",
            "/api/health",
            true,
            json!({"conditions": healthy}),
        ),
        monitor("Reports", "Platform", "/reports", false, json!({})),
    ]
    .into_iter()
    .collect()
}

/// Slow, and slower at times.
async fn search(State(demo): State<Demo>) -> &'static str {
    tokio::time::sleep(search_takes(demo.began.elapsed())).await;
    "12 results\n"
}

/// Flaps, so that there is an incident to see.
async fn checkout(State(demo): State<Demo>) -> Response {
    if is_failing(demo.began.elapsed()) {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the payment provider does not answer\n",
        )
            .into_response();
    }
    "open\n".into_response()
}

/// Errs now and then, seldom twice in a row.
async fn reports(State(demo): State<Demo>) -> Response {
    if demo.answered.fetch_add(1, Ordering::Relaxed) % ERRS_EVERY == ERRS_EVERY - 1 {
        return (StatusCode::INTERNAL_SERVER_ERROR, "a worker crashed\n").into_response();
    }
    "42 reports\n".into_response()
}

fn search_takes(elapsed: Duration) -> Duration {
    let busy = (elapsed.as_secs_f64() / 47.0).sin().abs();
    Duration::from_secs_f64(0.25 + 0.35 * busy)
}

fn is_failing(elapsed: Duration) -> bool {
    (FAILS_FROM_S..FAILS_UNTIL_S).contains(&(elapsed.as_secs() % PERIOD_S))
}

#[cfg(test)]
mod tests {
    use super::*;
    use validator::Validate as _;

    #[test]
    fn checkout_fails_for_ninety_seconds_of_every_six_minutes() {
        let failing = |from: u64| {
            (from..from + PERIOD_S)
                .filter(|at| is_failing(Duration::from_secs(*at)))
                .count()
        };
        assert_eq!((failing(0), failing(PERIOD_S)), (90, 90));
        assert!(!is_failing(Duration::ZERO));
        assert!(is_failing(Duration::from_mins(1)));
    }

    #[test]
    fn every_monitor_is_one_the_system_takes() {
        let regions = ["eu-central".parse().expect("valid")];
        for spec in monitors("http://127.0.0.1:4000", &regions).expect("readable") {
            spec.validate().expect("valid");
        }
    }
}
