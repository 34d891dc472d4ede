//! How far the durables lag that this process reads, asked of the server now and then.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::stream::Durable;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter};
use tokio_util::sync::CancellationToken;

use crate::{Bus, Position};

/// Some thirty questions of a fifth of a millisecond each.
const EVERY: Duration = Duration::from_secs(10);

/// The durables that are read, and what was last heard of them.
#[derive(Clone, Default)]
pub(crate) struct Lag(Arc<Mutex<BTreeMap<String, Known>>>);

struct Known {
    durable: Durable,
    position: Option<Position>,
}

impl Lag {
    /// Registers the gauges, which show what is known at the moment they are read.
    pub(crate) fn new(meter: &Meter) -> Self {
        let lag = Self::default();
        lag.gauge(meter, "overseer.bus.consumer.pending", |it| it.pending);
        lag.gauge(meter, "overseer.bus.consumer.ack_pending", |it| {
            it.ack_pending
        });
        lag.gauge(meter, "overseer.bus.consumer.redelivered", |it| {
            it.redelivered
        });
        lag
    }

    /// From now on this durable is asked for.
    pub(crate) fn watch(&self, durable: &Durable) {
        let known = Known {
            durable: durable.clone(),
            position: None,
        };
        self.lock().entry(durable.name.clone()).or_insert(known);
    }

    /// Asks until told to stop, also while nobody answers.
    pub(crate) async fn follow(&self, bus: &Bus, stop: &CancellationToken) {
        let ask = async {
            loop {
                self.ask(bus).await;
                tokio::time::sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = ask => {}
            () = stop.cancelled() => {}
        }
    }

    async fn ask(&self, bus: &Bus) {
        let durables: Vec<Durable> = {
            let known = self.lock();
            known.values().map(|known| known.durable.clone()).collect()
        };
        for durable in durables {
            let position = bus.position(&durable).await.ok();
            if let Some(known) = self.lock().get_mut(&durable.name) {
                known.position = position;
            }
        }
    }

    fn gauge(&self, meter: &Meter, name: &'static str, value: fn(&Position) -> u64) {
        let lag = self.clone();
        meter
            .u64_observable_gauge(name)
            .with_unit("{message}")
            .with_callback(move |gauge| lag.tell(gauge, value))
            .build();
    }

    fn tell(&self, gauge: &dyn AsyncInstrument<u64>, value: fn(&Position) -> u64) {
        for (name, known) in &*self.lock() {
            if let Some(position) = &known.position {
                let group = KeyValue::new("messaging.consumer.group.name", name.clone());
                gauge.observe(value(position), &[group]);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
