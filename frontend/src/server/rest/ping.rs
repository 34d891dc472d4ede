//! Where a heartbeat's pings go.

use contract::monitor::{Monitor, Overview};
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::Site;

/// Declares answers about a monitor that tell the URL to call where it is a heartbeat.
macro_rules! with_ping {
    ($($name:ident: $answer:ty, $monitor:expr;)*) => {$(
        #[derive(Serialize, ToSchema)]
        pub(super) struct $name {
            #[serde(flatten)]
            pub(super) answer: $answer,
            /// Where a heartbeat is to call; absent for other kinds.
            #[serde(skip_serializing_if = "Option::is_none")]
            ping_url: Option<String>,
        }

        impl $name {
            pub(super) fn new(site: &Site, answer: $answer) -> Self {
                let monitor: fn(&$answer) -> &Monitor = $monitor;
                let ping_url = url(site, monitor(&answer));
                Self { answer, ping_url }
            }
        }
    )*};
}

with_ping! {
    MonitorWithPing: Monitor, |it| it;
    OverviewWithPing: Overview, |it| &it.monitor;
}

fn url(site: &Site, monitor: &Monitor) -> Option<String> {
    let key = monitor.ping_key;
    key.map(|key| format!("{}/ping/{key}", site.ingress_url))
}
