//! Memory, swap and uptime.

use sysinfo::System;

use super::sink::{Sink, number};

pub(super) fn measure(system: &mut System, sink: &mut Sink<'_>) {
    system.refresh_memory();
    let total = system.total_memory();
    sink.gauge("system.memory.limit", "By", &[], number(total));
    usage(sink, "system.memory.usage", "used", system.used_memory());
    usage(sink, "system.memory.usage", "free", system.free_memory());
    usage(
        sink,
        "system.memory.usage",
        "available",
        system.available_memory(),
    );
    if total > 0 {
        let used = number(total.saturating_sub(system.available_memory())) / number(total);
        sink.gauge("system.memory.utilization", "1", &[], used);
    }
    usage(sink, "system.paging.usage", "used", system.used_swap());
    usage(sink, "system.paging.usage", "free", system.free_swap());
    if let Ok(uptime) = System::uptime() {
        sink.gauge("system.uptime", "s", &[], number(uptime));
    }
}

fn usage(sink: &mut Sink<'_>, name: &str, state: &str, bytes: u64) {
    sink.gauge(name, "By", &[("state", state)], number(bytes));
}
