//! Measuring the host.

mod cpu;
mod disk;
mod memory;
mod network;
mod own;
mod process;
mod sink;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use contract::metric::PushedSample;
use sysinfo::System;

use crate::args::Run;
use crate::buffer;
use crate::identity::Identity;
use crate::push::Counts;
use sink::Sink;

/// Everything that is measured, and what is remembered from one round to the next.
pub(crate) struct Host {
    name: String,
    system: System,
    disks: disk::Disks,
    networks: network::Networks,
    processes: process::Processes,
    own: own::Own,
}

impl Host {
    pub(crate) fn new(identity: &Identity, run: &Run, counts: Arc<Counts>) -> anyhow::Result<Self> {
        let unknown = "this system cannot be measured";
        Ok(Self {
            name: identity.name.clone(),
            system: System::new().context(unknown)?,
            disks: disk::Disks::new().context(unknown)?,
            networks: network::Networks::new().context(unknown)?,
            processes: process::Processes::new(run.processes.clone()),
            own: own::Own::new(identity.id, counts).context(unknown)?,
        })
    }

    /// Adds one round of samples, all of the same instant.
    pub(crate) fn measure(&mut self, into: &mut Vec<PushedSample>, buffer: buffer::State) {
        let mut sink = Sink::new(&self.name, now_ms(), into);
        cpu::measure(&mut self.system, &mut sink);
        memory::measure(&mut self.system, &mut sink);
        self.disks.measure(&mut sink);
        self.networks.measure(&mut sink);
        self.processes.measure(&mut self.system, &mut sink);
        self.own.measure(&mut self.system, &mut sink, buffer);
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
