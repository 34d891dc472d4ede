use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::host::{FLEET, Host};
use crate::http::Json;
use crate::progress::say;

const EVERY: Duration = Duration::from_secs(1);

/// Lets every host of the fleet push what it measures, once a second, until `stop`.
pub(super) async fn push(url: Arc<str>, token: Arc<str>, stop: CancellationToken) {
    let mut hosts = JoinSet::new();
    for (position, host) in (0..).zip(FLEET) {
        let json = Json::new(Some(token.to_string()));
        // Spread over the second, as real hosts are.
        let offset = EVERY / 6 * position;
        hosts.spawn(
            stop.clone()
                .run_until_cancelled_owned(live(host, json, url.clone(), offset)),
        );
    }
    while hosts.join_next().await.is_some() {}
}

async fn live(host: Host, json: Json, url: Arc<str>, offset: Duration) {
    tokio::time::sleep(offset).await;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut is_well = true;
    loop {
        ticks.tick().await;
        let body = json!({"samples": host.samples(now_ms())});
        let outcome = match json.send(Method::POST, &url, Some(&body)).await {
            Ok(answer) if answer.status == StatusCode::ACCEPTED => Ok(()),
            Ok(answer) => Err(format!("{} {}", answer.status, answer.body)),
            Err(error) => Err(format!("{error:#}")),
        };
        match &outcome {
            Err(why) if is_well => say(format!("{} cannot push: {why}", host.name)),
            Ok(()) if !is_well => say(format!("{} pushes again", host.name)),
            _ => {}
        }
        is_well = outcome.is_ok();
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
