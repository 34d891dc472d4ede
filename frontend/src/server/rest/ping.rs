//! Where a heartbeat's pings go.

use contract::monitor::Monitor;
use serde::Serialize;

use crate::server::Site;

/// A monitor's answer, with the URL to call where it is a heartbeat.
#[derive(Serialize)]
pub(super) struct WithPing<T> {
    #[serde(flatten)]
    answer: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    ping_url: Option<String>,
}

impl<T> WithPing<T> {
    pub(super) fn new(site: &Site, monitor: impl FnOnce(&T) -> &Monitor, answer: T) -> Self {
        let key = monitor(&answer).ping_key;
        Self {
            ping_url: key.map(|key| format!("{}/ping/{key}", site.ingress_url)),
            answer,
        }
    }
}
