//! A NATS server, a prober, and everything it finds.

use std::sync::Arc;

use bus::{Bus, Message};
use contract::id::{Partition, Region, TenantId};
use contract::monitor::{Monitor, Spec};
use contract::probe::Finished;
use contract::{access, stream};
use testkit::Nats;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use system_tests::process::Running;

/// Results taken in at the same time.
const READERS: usize = 512;

pub(crate) struct Stage {
    pub(crate) nats: Nats,
    pub(crate) processor: Bus,
    pub(crate) store: Bus,
    pub(crate) tenant: TenantId,
    pub(crate) regions: Vec<Region>,
    pub(crate) results: mpsc::UnboundedReceiver<Finished>,
    _collector: JoinSet<()>,
}

impl Stage {
    pub(crate) async fn set(regions: Vec<Region>) -> Self {
        let nats = testkit::nats::nats_in(regions.clone()).await;
        nats.provision().await;
        let (tenant, stop) = (TenantId::generate(), CancellationToken::new());
        let store = nats.bus(access::STORE, &stop).await;
        let (sender, results) = mpsc::unbounded_channel();
        let mut collector = JoinSet::new();
        let reader = store.clone();
        collector.spawn(async move {
            let durable = stream::store_probes(Partition::of(tenant));
            let collect = move |message: Arc<Message<Finished>>| {
                let sent = sender.send(message.body.clone());
                std::future::ready(sent.map_err(|error| bus::Failure::retry(&error)))
            };
            bus::consume(
                &reader,
                &durable,
                READERS,
                &CancellationToken::new(),
                collect,
            )
            .await;
        });
        Self {
            processor: nats.bus(access::PROCESSOR, &stop).await,
            store,
            tenant,
            regions,
            results,
            nats,
            _collector: collector,
        }
    }

    pub(crate) async fn prober(&self) -> Running {
        let regions: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
        let own = [
            ("OVERSEER_PROBER_REGIONS", regions.join(",")),
            ("OVERSEER_PROBER_ALLOW", "127.0.0.0/8".to_owned()),
        ];
        Running::service(access::PROBER, &self.nats, &own).await
    }

    pub(crate) fn monitor(&self, target: &str, interval_s: u32) -> Monitor {
        let spec = serde_json::json!({
            "name": "bench", "target": target, "interval_s": interval_s, "timeout_ms": 5_000,
            "regions": self.regions,
        });
        let spec: Spec = serde_json::from_value(spec).expect("a monitor");
        Monitor {
            id: contract::id::MonitorId::generate(),
            tenant: self.tenant,
            revision: 1,
            ping_key: None,
            scheduled_at: chrono::DateTime::UNIX_EPOCH,
            spec,
        }
    }
}
