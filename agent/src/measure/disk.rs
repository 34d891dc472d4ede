//! File systems and the devices below them.

use std::collections::BTreeSet;

use sysinfo::{Disk, DiskRefreshKind};

use super::sink::{Sink, number};

/// More than this many are not worth a series each.
const MAX_FILE_SYSTEMS: usize = 64;

pub(super) struct Disks(sysinfo::Disks);

impl Disks {
    pub(super) fn new() -> Result<Self, sysinfo::Error> {
        sysinfo::Disks::new().map(Self)
    }

    pub(super) fn measure(&mut self, sink: &mut Sink<'_>) {
        let what = DiskRefreshKind::nothing().with_storage().with_io_usage();
        self.0.refresh_specifics(true, what);
        let mut disks: Vec<&Disk> = self.0.iter().collect();
        disks.sort_by(|a, b| a.mount_point().cmp(b.mount_point()));
        let (mut places, mut devices) = (BTreeSet::new(), BTreeSet::new());
        for disk in disks.into_iter().take(MAX_FILE_SYSTEMS) {
            let device = disk.name().to_string_lossy();
            let place = disk.mount_point().to_string_lossy();
            if places.insert(place.clone()) {
                space(sink, disk, &device, &place);
            }
            // One device may be mounted in several places.
            if devices.insert(device.clone()) {
                traffic(sink, disk, &device);
            }
        }
    }
}

fn space(sink: &mut Sink<'_>, disk: &Disk, device: &str, place: &str) {
    let (total, free) = (disk.total_space(), disk.available_space());
    let of_place = [("device", device), ("mountpoint", place)];
    sink.gauge("system.filesystem.limit", "By", &of_place, number(total));
    for (state, bytes) in [("used", total.saturating_sub(free)), ("free", free)] {
        let labels = [of_place[0], of_place[1], ("state", state)];
        sink.gauge("system.filesystem.usage", "By", &labels, number(bytes));
    }
}

fn traffic(sink: &mut Sink<'_>, disk: &Disk, device: &str) {
    let usage = disk.usage();
    let ways = [
        ("read", usage.total_read_bytes),
        ("write", usage.total_written_bytes),
    ];
    for (direction, bytes) in ways {
        let labels = [("device", device), ("direction", direction)];
        sink.counter("system.disk.io", "By", &labels, number(bytes));
    }
}
