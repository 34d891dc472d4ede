//! `GET /probe?target=&module=[&debug=true]`: `blackbox_exporter`'s answer.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::monitor::Check;
use serde::Deserialize;

use super::{Api, LONGEST, exposition, refused};
use crate::blackbox;
use crate::check::Report;
use crate::exposition::Exposition;
use crate::words::named;

const SCRAPE_TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";
/// Answering has to fit into the scrape, too.
const MARGIN: Duration = Duration::from_millis(500);
/// Where nobody says how long a scrape may take.
const TIMEOUT: Duration = Duration::from_secs(9);

#[derive(Deserialize)]
pub(super) struct Params {
    #[serde(default)]
    target: String,
    module: Option<String>,
    #[serde(default)]
    debug: Option<String>,
}

pub(super) async fn probe(
    State(api): State<Api>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Response {
    if params.target.is_empty() {
        return bad("say what is probed: /probe?target=https://example.com&module=http_2xx");
    }
    let name = params.module.as_deref().unwrap_or("http_2xx");
    let Some(module) = api.modules.find(name) else {
        return bad(&format!(
            "there is no module {name}: use one of {}",
            api.modules.names()
        ));
    };
    let check = match module.check(&params.target, time(&headers).min(LONGEST)) {
        Ok(check) => check,
        Err(words) => return bad(&words),
    };
    let report = api.engine.run(&check, Duration::ZERO).await;
    let text = text(&check, &report);
    if params.debug.as_deref() == Some("true") {
        return story(&params.target, name, &report, &text).into_response();
    }
    exposition(text)
}

fn text(check: &Check, report: &Report) -> String {
    let mut metrics = Exposition::default();
    blackbox::describe(&mut metrics, &check.kind, report, &Vec::new());
    if metrics.is_empty() {
        let help = "Displays whether or not the probe was a success";
        metrics.gauge("probe_success", help, Vec::new(), 0.0);
    }
    metrics.text()
}

fn bad(words: &str) -> Response {
    refused(StatusCode::BAD_REQUEST, "invalid", words)
}

/// What the scrape leaves for the check.
fn time(headers: &HeaderMap) -> Duration {
    let said = headers
        .get(SCRAPE_TIMEOUT)
        .and_then(|it| it.to_str().ok()?.parse().ok());
    let said = said.and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok());
    match said {
        Some(said) if said > MARGIN * 2 => said.saturating_sub(MARGIN),
        Some(said) if !said.is_zero() => said / 2,
        _ => TIMEOUT,
    }
}

/// What happened, for people, then the metrics.
fn story(target: &str, module: &str, report: &Report, metrics: &str) -> String {
    let mut lines = vec![format!("Logs for the probe of {target} by {module}:")];
    for hop in &report.hops {
        let ip = hop.ip.as_deref().unwrap_or("nobody");
        lines.push(format!("{} answered by {ip}", hop.url));
        let told = named(&hop.timings).into_iter();
        lines.extend(told.map(|(name, took)| format!("  {name:<10} {took:>10.3} ms")));
        lines.extend(hop.status_code.map(|status| format!("  status {status}")));
    }
    lines.extend(report.message.clone());
    format!(
        "{}\n\n\nMetrics that would have been returned:\n{metrics}",
        lines.join("\n")
    )
}
