//! Results of checks: each is taken into its monitor's memory, in the order of its partition.

use std::sync::Arc;

use bus::{Bus, Failure, Message};
use chrono::{DateTime, Utc};
use contract::event::Event;
use contract::id::{Partition, TenantId};
use contract::live::{MonitorUpdate, Update};
use contract::monitor::Monitor;
use contract::probe::Finished;
use contract::stream;

use crate::Shared;
use crate::rules::monitor::Memory;
use crate::states::{Advanced, Owner};

pub(crate) async fn run(shared: Shared, partition: Partition) {
    let (bus, stop) = (shared.bus.clone(), shared.stop.clone());
    let handler = move |message: Arc<Message<Finished>>| {
        let shared = shared.clone();
        async move {
            take(&shared, &message).await?;
            shared.alerts.take_result(&message).await
        }
    };
    bus::consume(
        &bus,
        &stream::processor_probes(partition),
        1,
        &stop,
        handler,
    )
    .await;
}

async fn take(shared: &Shared, message: &Message<Finished>) -> Result<(), Failure> {
    let result = &message.body;
    let monitor = shared
        .monitors
        .find(result.monitor)
        .await
        .map_err(|error| Failure::retry(&error))?;
    let Some(monitor) = monitor else {
        // Deleted while it was looked at.
        return Ok(());
    };
    if monitor.tenant != result.tenant {
        return Err(Failure::reject("the monitor belongs to another tenant"));
    }
    // The stream's own clock: results that waited are judged as if they had not, so an outage in the meantime is not missed.
    let now = message.published_at;
    let planned = shared.maintenances.at(&monitor, now);
    let advanced = shared
        .states
        .advance(&owner(&monitor, result.tick_at.min(now)), |memory| {
            memory.planned.clone_from(&planned);
            memory.observe(&monitor, result, now);
        })
        .await?;
    if let Some(advanced) = advanced {
        announce(shared, &monitor, &advanced, Some(result)).await;
    }
    Ok(())
}

/// Whose memory it is; it begins at `since`.
pub(crate) fn owner(monitor: &Monitor, since: DateTime<Utc>) -> Owner<Memory> {
    Owner {
        id: monitor.id,
        tenant: monitor.tenant,
        fresh: Memory::new(since),
    }
}

/// Tells the pages that are open right now.
pub(crate) async fn announce(
    shared: &Shared,
    monitor: &Monitor,
    advanced: &Advanced<Memory>,
    cause: Option<&Finished>,
) {
    let update = update(monitor, &advanced.memory, cause);
    shared.pages.tell(monitor.tenant, update).await;
    for event in &advanced.events {
        announce_incident(&shared.bus, monitor.tenant, event).await;
    }
}

async fn announce_incident(bus: &Bus, tenant: TenantId, event: &Event) {
    let update = match event {
        Event::IncidentOpened(opened) => Update::Incident {
            incident: opened.incident,
            monitor: Some(opened.monitor),
            open: true,
            title: format!("{} is down", opened.monitor_name),
            at: opened.at,
        },
        Event::IncidentResolved(resolved) => Update::Incident {
            incident: resolved.incident,
            monitor: Some(resolved.monitor),
            open: false,
            title: format!("{} is down", resolved.monitor_name),
            at: resolved.resolved_at,
        },
        _ => return,
    };
    bus.announce_live(tenant, &update).await;
}

fn update(monitor: &Monitor, memory: &Memory, cause: Option<&Finished>) -> MonitorUpdate {
    MonitorUpdate {
        monitor: monitor.id,
        status: memory.status(),
        region: cause.map(|result| result.region.clone()),
        tick_at: cause.map(|result| result.tick_at),
        total_time_ms: cause.and_then(|result| result.timings.total_time_ms),
    }
}
