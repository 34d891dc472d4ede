//! When everything that was acknowledged is in the database.

use std::time::Duration;

use serde_json::Value;
use testkit::eventually;

use crate::Environment;
use crate::api::get;

const DRAINED: Duration = Duration::from_mins(10);

/// Waits until the store has taken and acknowledged everything in METRICS.
pub async fn wait(environment: &Environment) {
    let url = environment.nats_monitor("/jsz?consumers=true");
    eventually(DRAINED, || async {
        let state: Value =
            serde_json::from_str(&get(&url).await.text).map_err(|error| error.to_string())?;
        let (consumers, waiting) = waiting(&state);
        if consumers > 0 && waiting == 0 {
            Ok(())
        } else {
            Err(format!("{waiting} messages wait for {consumers} consumers"))
        }
    })
    .await;
}

/// The store's durables of METRICS, and the messages that wait for them or for their acknowledgement.
fn waiting(state: &Value) -> (usize, u64) {
    let list = |value: &Value, field: &str| value[field].as_array().cloned().unwrap_or_default();
    let streams = list(state, "account_details")
        .into_iter()
        .flat_map(|account| list(&account, "stream_detail"));
    let consumers: Vec<u64> = streams
        .filter(|stream| stream["name"] == "METRICS")
        .flat_map(|stream| list(&stream, "consumer_detail"))
        .filter(|consumer| {
            consumer["name"]
                .as_str()
                .is_some_and(|name| name.starts_with("store-"))
        })
        .map(|consumer| {
            let count = |field: &str| consumer[field].as_u64().unwrap_or_default();
            count("num_pending") + count("num_ack_pending")
        })
        .collect();
    (consumers.len(), consumers.iter().sum())
}
