//! Network interfaces.

use sysinfo::NetworkData;

use super::sink::{Sink, number};

/// More than this many are not worth a series each.
const MAX_INTERFACES: usize = 64;

pub(super) struct Networks(sysinfo::Networks);

impl Networks {
    pub(super) fn new() -> Result<Self, sysinfo::Error> {
        sysinfo::Networks::new().map(Self)
    }

    pub(super) fn measure(&mut self, sink: &mut Sink<'_>) {
        self.0.refresh(true);
        let mut interfaces: Vec<_> = self.0.iter().collect();
        interfaces.sort_by_key(|(name, _): &(_, &NetworkData)| *name);
        for (name, data) in interfaces.into_iter().take(MAX_INTERFACES) {
            interface(sink, &name.to_string_lossy(), data);
        }
    }
}

fn interface(sink: &mut Sink<'_>, device: &str, data: &NetworkData) {
    let receive = [("device", device), ("direction", "receive")];
    let transmit = [("device", device), ("direction", "transmit")];
    let mut both = |name, unit, received, transmitted| {
        sink.counter(name, unit, &receive, number(received));
        sink.counter(name, unit, &transmit, number(transmitted));
    };
    both(
        "system.network.io",
        "By",
        data.total_received(),
        data.total_transmitted(),
    );
    both(
        "system.network.packet.count",
        "{packet}",
        data.total_packets_received(),
        data.total_packets_transmitted(),
    );
    both(
        "system.network.errors",
        "{error}",
        data.total_errors_on_received(),
        data.total_errors_on_transmitted(),
    );
}
