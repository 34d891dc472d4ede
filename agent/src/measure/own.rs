//! The agent itself: that it is alive, what it costs, and what it could not deliver.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use contract::agent::ALIVE;
use contract::id::AgentId;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::sink::{Sink, number};
use crate::buffer;
use crate::push::Counts;

pub(super) struct Own {
    id: String,
    pid: Pid,
    begun: Instant,
    counts: Arc<Counts>,
}

impl Own {
    pub(super) fn new(id: AgentId, counts: Arc<Counts>) -> Result<Self, sysinfo::Error> {
        Ok(Self {
            id: id.to_string(),
            pid: sysinfo::get_current_pid()?,
            begun: Instant::now(),
            counts,
        })
    }

    pub(super) fn measure(&self, system: &mut System, sink: &mut Sink<'_>, buffer: buffer::State) {
        let labels = [("agent", self.id.as_str())];
        sink.gauge(ALIVE, "s", &labels, self.begun.elapsed().as_secs_f64());
        sink.gauge("agent.buffer.usage", "By", &[], number(buffer.bytes));
        let count = |counter: &AtomicU64| number(counter.load(Ordering::Relaxed));
        let unit = "{sample}";
        sink.counter(
            "agent.samples.accepted",
            unit,
            &[],
            count(&self.counts.accepted),
        );
        let lost = [
            ("no_room", number(buffer.dropped)),
            ("refused", count(&self.counts.refused)),
        ];
        for (reason, samples) in lost {
            sink.counter(
                "agent.samples.dropped",
                unit,
                &[("reason", reason)],
                samples,
            );
        }
        sink.counter(
            "agent.push.failures",
            "{push}",
            &[],
            count(&self.counts.failures),
        );
        self.costs(system, sink);
    }

    fn costs(&self, system: &mut System, sink: &mut Sink<'_>) {
        let what = ProcessRefreshKind::nothing()
            .with_cpu()
            .with_memory()
            .without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.pid]), false, what);
        let Some(process) = system.process(self.pid) else {
            return;
        };
        let seconds = number(process.accumulated_cpu_time()) / 1_000.0;
        sink.gauge("agent.memory.usage", "By", &[], number(process.memory()));
        sink.counter("agent.cpu.time", "s", &[], seconds);
    }
}
