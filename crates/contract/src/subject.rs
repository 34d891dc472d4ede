//! Every subject of the system: built by functions, parsed by functions, named by templates for spans and metrics.
//!
//! Environments are separated by NATS account, so no subject carries one.

use std::fmt;

use crate::id::{MonitorId, Partition, Region, TenantId};
use crate::telemetry::Signal;

/// A subject to publish to, together with the low-cardinality template it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    text: String,
    template: &'static str,
}

impl Subject {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The subject with its identifiers as placeholders: what spans and metrics are named after.
    pub fn template(&self) -> &'static str {
        self.template
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

pub const METRICS_ACCEPTED: &str = "overseer.v1.metrics.accepted.{partition}.{tenant}";
pub const SCHEDULE_PROBE: &str = "overseer.v1.schedule.probe.{monitor}.{region}";
pub const PROBE_DUE: &str = "overseer.v1.probe.due.{region}.{monitor}";
pub const PROBE_FINISHED: &str =
    "overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor}";
pub const EVENT: &str = "overseer.v1.event.{kind}.{tenant}";
pub const NOTIFICATION_QUEUED: &str = "overseer.v1.notification.queued.{channel_kind}.{tenant}";
pub const TELEMETRY_RECEIVED: &str = "overseer.v1.telemetry.received.{signal}.{tenant}";
pub const DEAD: &str = "overseer.v1.dead.{stream}.{durable}";
pub const LIVE: &str = "overseer.v1.live.{tenant}.{topic}";
pub const STORE: &str = "overseer.v1.store.{entity}.{verb}";

/// Samples of one tenant that ingress accepted.
pub fn metrics_accepted(tenant: TenantId) -> Subject {
    let partition = Partition::of(tenant);
    Subject {
        text: format!("overseer.v1.metrics.accepted.{partition}.{tenant}"),
        template: METRICS_ACCEPTED,
    }
}

/// The schedule of one monitor in one region: its last message is the schedule.
pub fn schedule_probe(monitor: MonitorId, region: &Region) -> Subject {
    Subject {
        text: format!("overseer.v1.schedule.probe.{monitor}.{region}"),
        template: SCHEDULE_PROBE,
    }
}

/// A check that is due now. The server publishes it when a schedule ticks.
pub fn probe_due(region: &Region, monitor: MonitorId) -> Subject {
    Subject {
        text: format!("overseer.v1.probe.due.{region}.{monitor}"),
        template: PROBE_DUE,
    }
}

/// What a prober found.
pub fn probe_finished(tenant: TenantId, region: &Region, monitor: MonitorId) -> Subject {
    let partition = Partition::of(tenant);
    Subject {
        text: format!("overseer.v1.probe.finished.{partition}.{tenant}.{region}.{monitor}"),
        template: PROBE_FINISHED,
    }
}

/// Something happened to a tenant; `kind` is [`crate::event::Event::kind`].
pub fn event(kind: &'static str, tenant: TenantId) -> Subject {
    Subject {
        text: format!("overseer.v1.event.{kind}.{tenant}"),
        template: EVENT,
    }
}

/// A notification that waits to be sent.
pub fn notification_queued(kind: crate::channel::Kind, tenant: TenantId) -> Subject {
    Subject {
        text: format!("overseer.v1.notification.queued.{}.{tenant}", kind.as_str()),
        template: NOTIFICATION_QUEUED,
    }
}

/// Spans or log records of one tenant that ingress accepted.
pub fn telemetry_received(signal: Signal, tenant: TenantId) -> Subject {
    Subject {
        text: format!(
            "overseer.v1.telemetry.received.{}.{tenant}",
            signal.as_str()
        ),
        template: TELEMETRY_RECEIVED,
    }
}

/// A message that no retry can help.
pub fn dead(stream: &str, durable: &str) -> Subject {
    Subject {
        text: format!("overseer.v1.dead.{stream}.{durable}"),
        template: DEAD,
    }
}

/// Live updates, at most once; `topic` is [`crate::live::Update::topic`].
pub fn live(tenant: TenantId, topic: &'static str) -> Subject {
    Subject {
        text: format!("overseer.v1.live.{tenant}.{topic}"),
        template: LIVE,
    }
}

/// A request to the store, such as `metric.query`.
pub fn store(entity: &'static str, verb: &'static str) -> Subject {
    Subject {
        text: format!("overseer.v1.store.{entity}.{verb}"),
        template: STORE,
    }
}

/// Subscription patterns and filters.
pub mod filter {
    use super::{Partition, Region, TenantId};

    pub const METRICS: &str = "overseer.v1.metrics.accepted.*.*";
    pub const SCHEDULES: &str = "overseer.v1.schedule.probe.*.*";
    pub const PROBES_DUE: &str = "overseer.v1.probe.due.*.*";
    pub const PROBES_FINISHED: &str = "overseer.v1.probe.finished.*.*.*.*";
    /// Results of heartbeats: pings, and those that did not come.
    pub const HEARTBEATS_FINISHED: &str = "overseer.v1.probe.finished.*.*.heartbeat.*";
    pub const EVENTS: &str = "overseer.v1.event.*.*";
    pub const NOTIFICATIONS: &str = "overseer.v1.notification.queued.*.*";
    pub const TELEMETRY: &str = "overseer.v1.telemetry.received.*.*";
    pub const DEAD: &str = "overseer.v1.dead.*.*";
    /// Dead letters of all notifiers.
    pub const DEAD_NOTIFICATIONS: &str = "overseer.v1.dead.NOTIFICATIONS.*";
    pub const LIVE: &str = "overseer.v1.live.*.*";
    pub const STORE: &str = "overseer.v1.store.*.*";

    pub fn metrics(partition: Partition) -> String {
        format!("overseer.v1.metrics.accepted.{partition}.*")
    }

    pub fn probes_finished(partition: Partition) -> String {
        format!("overseer.v1.probe.finished.{partition}.*.*.*")
    }

    pub fn probes_finished_in(region: &Region) -> String {
        format!("overseer.v1.probe.finished.*.*.{region}.*")
    }

    pub fn probes_due(region: &Region) -> String {
        format!("overseer.v1.probe.due.{region}.*")
    }

    pub fn schedules_of(monitor: super::MonitorId) -> String {
        format!("overseer.v1.schedule.probe.{monitor}.*")
    }

    pub fn notifications(kind: crate::channel::Kind) -> String {
        format!("overseer.v1.notification.queued.{}.*", kind.as_str())
    }

    pub fn live(tenant: TenantId) -> String {
        format!("overseer.v1.live.{tenant}.*")
    }
}

/// What the subject of a received message says, or `None` if it is not of that shape.
pub mod parse {
    use super::{MonitorId, Region, TenantId};

    /// Tenant of a `metrics.accepted` subject.
    pub fn metrics_accepted(subject: &str) -> Option<TenantId> {
        let (partition, tenant) = subject
            .strip_prefix("overseer.v1.metrics.accepted.")?
            .split_once('.')?;
        partition.parse::<u8>().ok()?;
        tenant.parse().ok()
    }

    /// Monitor and region of a `schedule.probe` subject.
    pub fn schedule_probe(subject: &str) -> Option<(MonitorId, Region)> {
        let (monitor, region) = subject
            .strip_prefix("overseer.v1.schedule.probe.")?
            .split_once('.')?;
        Some((monitor.parse().ok()?, region.parse().ok()?))
    }

    /// Tenant of a `telemetry.received` subject.
    pub fn telemetry_received(subject: &str) -> Option<TenantId> {
        let (_, tenant) = subject
            .strip_prefix("overseer.v1.telemetry.received.")?
            .split_once('.')?;
        tenant.parse().ok()
    }

    /// The tenant whose work a message is, where its subject says so.
    pub fn tenant(subject: &str) -> Option<TenantId> {
        let mut tokens = subject.strip_prefix("overseer.v1.")?.split('.');
        let place = match (tokens.next()?, tokens.next()?) {
            ("metrics", "accepted")
            | ("probe", "finished")
            | ("notification", "queued")
            | ("telemetry", "received") => 1,
            ("event", _) => 0,
            _ => return None,
        };
        tokens.nth(place)?.parse().ok()
    }

    /// Tenant of an `event` subject.
    pub fn event(subject: &str) -> Option<TenantId> {
        subject
            .strip_prefix("overseer.v1.event.")?
            .split_once('.')?
            .1
            .parse()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_built_is_parsed_back() {
        let tenant = TenantId(Uuid::from_u128(7));
        let monitor = MonitorId(Uuid::from_u128(8));
        let region: Region = "eu-central".parse().expect("valid");
        assert_eq!(
            parse::metrics_accepted(metrics_accepted(tenant).as_str()),
            Some(tenant)
        );
        assert_eq!(
            parse::event(event("state-changed", tenant).as_str()),
            Some(tenant)
        );
        assert_eq!(
            parse::schedule_probe(schedule_probe(monitor, &region).as_str()),
            Some((monitor, region))
        );
        assert_eq!(
            parse::event("overseer.v1.event.state-changed.not-a-uuid"),
            None
        );
        let received = telemetry_received(Signal::Logs, tenant);
        assert_eq!(parse::telemetry_received(received.as_str()), Some(tenant));
    }

    #[test]
    fn a_subject_says_whose_work_it_is() {
        let tenant = TenantId(Uuid::from_u128(7));
        let region: Region = "eu-central".parse().expect("valid");
        let subjects = [
            metrics_accepted(tenant),
            probe_finished(tenant, &region, MonitorId(Uuid::from_u128(8))),
            event("state-changed", tenant),
            notification_queued(crate::channel::Kind::ALL[0], tenant),
            telemetry_received(Signal::Spans, tenant),
        ];
        for subject in subjects {
            assert_eq!(parse::tenant(subject.as_str()), Some(tenant), "{subject}");
        }
        let due = probe_due(&region, MonitorId(Uuid::from_u128(8)));
        assert_eq!(parse::tenant(due.as_str()), None);
    }
}
