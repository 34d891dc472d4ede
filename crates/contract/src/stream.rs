//! Streams, durable consumers and key-value buckets, as data. `bus::provision` makes the server equal to this.

use std::time::Duration;

use crate::channel;
use crate::id::{Partition, Region};
use crate::subject::{self, filter};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Kept until too old; a full stream refuses new messages, so publishers hear of it.
    Limits { max_age: Duration, max_bytes: i64 },
    /// Kept until too old or until there is too much: a full stream forgets its oldest, and publishers go on.
    Recent { max_age: Duration, max_bytes: i64 },
    /// Kept until acknowledged.
    WorkQueue,
    /// A work queue whose messages are the server's own message schedules; no limits, they would delete schedules.
    Schedules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    pub name: &'static str,
    pub subjects: &'static [&'static str],
    pub retention: Retention,
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const GIB: i64 = 1 << 30;

/// How long a stream remembers message ids.
pub const DEDUPLICATION_WINDOW: Duration = Duration::from_mins(2);

pub const METRICS: Stream = Stream {
    name: "METRICS",
    subjects: &[filter::METRICS],
    retention: Retention::Limits {
        max_age: DAY,
        max_bytes: 16 * GIB,
    },
};
pub const SCHEDULE: Stream = Stream {
    name: "SCHEDULE",
    subjects: &[filter::SCHEDULES, filter::PROBES_DUE],
    retention: Retention::Schedules,
};
pub const PROBES: Stream = Stream {
    name: "PROBES",
    subjects: &[filter::PROBES_FINISHED],
    retention: Retention::Limits {
        max_age: DAY,
        max_bytes: 8 * GIB,
    },
};
pub const EVENTS: Stream = Stream {
    name: "EVENTS",
    subjects: &[filter::EVENTS],
    retention: Retention::Limits {
        max_age: Duration::from_hours(7 * 24),
        max_bytes: 4 * GIB,
    },
};
pub const NOTIFICATIONS: Stream = Stream {
    name: "NOTIFICATIONS",
    subjects: &[filter::NOTIFICATIONS],
    retention: Retention::WorkQueue,
};
/// Spans and logs: worth less than room for what they tell of.
pub const TELEMETRY: Stream = Stream {
    name: "TELEMETRY",
    subjects: &[filter::TELEMETRY],
    retention: Retention::Recent {
        max_age: HOUR,
        max_bytes: GIB / 2,
    },
};
pub const DEAD_LETTERS: Stream = Stream {
    name: "DEAD_LETTERS",
    subjects: &[filter::DEAD],
    retention: Retention::Limits {
        max_age: Duration::from_hours(14 * 24),
        max_bytes: 4 * GIB,
    },
};

pub const ALL: [Stream; 7] = [
    METRICS,
    SCHEDULE,
    PROBES,
    EVENTS,
    NOTIFICATIONS,
    TELEMETRY,
    DEAD_LETTERS,
];

/// How a durable's messages are shared out. Every message is acknowledged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// One instance at a time, chosen by the server (pinned client), one message at a time: the order of the stream
    /// holds even when another instance takes over.
    Ordered,
    /// One instance at a time, chosen by the server, many messages in flight. After a takeover later messages may come
    /// before the redelivered ones of the old holder, so a position in the stream says nothing about what was done.
    Pinned,
    /// All instances together.
    Shared,
}

/// A durable pull consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durable {
    pub name: String,
    pub stream: &'static str,
    pub filter: String,
    /// The subject's template: what spans and metrics are named after.
    pub template: &'static str,
    pub sharing: Sharing,
    pub ack_wait: Duration,
    /// Deliveries before a message counts as poison; `None` for as long as it takes.
    pub max_deliver: Option<i64>,
}

/// The priority group every pinned durable has.
pub const PINNED_GROUP: &str = "holder";
/// After this long without a pull the server pins another instance.
pub const PIN_TIMEOUT: Duration = Duration::from_secs(4);

/// Drains a partition of METRICS into the database.
pub fn store_metrics(partition: Partition) -> Durable {
    pinned(
        format!("store-metrics-{partition}"),
        METRICS,
        filter::metrics(partition),
        subject::METRICS_ACCEPTED,
    )
}

/// Drains a partition of PROBES into the database.
pub fn store_probes(partition: Partition) -> Durable {
    pinned(
        format!("store-probes-{partition}"),
        PROBES,
        filter::probes_finished(partition),
        subject::PROBE_FINISHED,
    )
}

/// Writes events into the database, one after the other.
pub fn store_events() -> Durable {
    ordered(
        "store-events".to_owned(),
        EVENTS,
        filter::EVENTS.to_owned(),
        subject::EVENT,
    )
}

/// Hands a partition's samples to rules and live pages.
pub fn processor_metrics(partition: Partition) -> Durable {
    pinned(
        format!("processor-metrics-{partition}"),
        METRICS,
        filter::metrics(partition),
        subject::METRICS_ACCEPTED,
    )
}

/// Hands a partition's results to the incident state machine.
pub fn processor_probes(partition: Partition) -> Durable {
    ordered(
        format!("processor-probes-{partition}"),
        PROBES,
        filter::probes_finished(partition),
        subject::PROBE_FINISHED,
    )
}

/// Keeps what notifiers gave up where people can see it.
pub fn store_dead_letters() -> Durable {
    Durable {
        name: "store-dead-letters".to_owned(),
        stream: DEAD_LETTERS.name,
        filter: filter::DEAD_NOTIFICATIONS.to_owned(),
        template: subject::DEAD,
        sharing: Sharing::Shared,
        ack_wait: Duration::from_secs(10),
        max_deliver: None,
    }
}

/// Drains TELEMETRY into the database. One instance at a time: it has an eye on whole traces.
pub fn store_telemetry() -> Durable {
    pinned(
        "store-telemetry".to_owned(),
        TELEMETRY,
        filter::TELEMETRY.to_owned(),
        subject::TELEMETRY_RECEIVED,
    )
}

/// Turns events into notifications.
pub fn processor_notify() -> Durable {
    ordered(
        "processor-notify".to_owned(),
        EVENTS,
        filter::EVENTS.to_owned(),
        subject::EVENT,
    )
}

/// The checks that are due in a region, shared by its probers.
pub fn prober(region: &Region) -> Durable {
    Durable {
        name: format!("prober-{region}"),
        stream: SCHEDULE.name,
        filter: filter::probes_due(region),
        template: subject::PROBE_DUE,
        sharing: Sharing::Shared,
        // A slow check is prolonged while it runs; what a dead prober held is handed out again after this.
        ack_wait: Duration::from_secs(4),
        max_deliver: None,
    }
}

/// Notifications of one kind of channel, shared by all notifiers.
pub fn notifier(kind: channel::Kind) -> Durable {
    Durable {
        name: format!("notifier-{}", kind.as_str()),
        stream: NOTIFICATIONS.name,
        filter: filter::notifications(kind),
        template: subject::NOTIFICATION_QUEUED,
        sharing: Sharing::Shared,
        // An attempt is prolonged while it lasts; what a dead notifier held is handed out again after this.
        ack_wait: Duration::from_secs(5),
        max_deliver: None,
    }
}

/// Every durable of a deployment with these regions.
pub fn durables(regions: &[Region]) -> Vec<Durable> {
    let lanes = Partition::all().flat_map(|partition| {
        [
            store_metrics,
            store_probes,
            processor_metrics,
            processor_probes,
        ]
        .map(|durable| durable(partition))
    });
    lanes
        .chain([
            store_events(),
            store_dead_letters(),
            store_telemetry(),
            processor_notify(),
        ])
        .chain(regions.iter().map(prober))
        .chain(channel::Kind::ALL.map(notifier))
        .collect()
}

/// A key-value bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub name: &'static str,
    /// Values expire after this long without a write.
    pub max_age: Option<Duration>,
}

/// [`crate::monitor::Monitor`] by id.
pub const MONITORS: Bucket = Bucket {
    name: "monitors",
    max_age: None,
};
/// [`crate::token::Grant`] by the hex SHA-256 of the secret.
pub const TOKENS: Bucket = Bucket {
    name: "tokens",
    max_age: None,
};
/// What is remembered of monitors, by `monitor.<id>`.
pub const RULE_STATE: Bucket = Bucket {
    name: "rule_state",
    max_age: None,
};
/// [`crate::rule::Rule`] by id.
pub const RULES: Bucket = Bucket {
    name: "rules",
    max_age: None,
};
/// [`crate::maintenance::Maintenance`] by id.
pub const MAINTENANCES: Bucket = Bucket {
    name: "maintenances",
    max_age: None,
};
/// [`crate::rule::memory::Memory`] by `rule.<id>`.
pub const ALERT_STATE: Bucket = Bucket {
    name: "alert_state",
    max_age: None,
};
/// Heartbeats of probers, by `<region>.<instance>`.
pub const REGIONS: Bucket = Bucket {
    name: "regions",
    max_age: Some(Duration::from_secs(30)),
};
/// How far the delivery of a notification has come, by its id. Outlives the longest wait between two attempts.
pub const DELIVERIES: Bucket = Bucket {
    name: "deliveries",
    max_age: Some(Duration::from_hours(2 * 24)),
};
/// What channels were told lately: which messages belong together, in which order, in which pace. Outlives the longest wait, too.
pub const OUTBOX: Bucket = Bucket {
    name: "outbox",
    max_age: Some(Duration::from_hours(2 * 24)),
};
/// [`crate::fault::Fault`] by kind: switches of a test-bed.
pub const FAULTS: Bucket = Bucket {
    name: "faults",
    max_age: Some(HOUR),
};

pub const BUCKETS: [Bucket; 10] = [
    MONITORS,
    TOKENS,
    RULES,
    MAINTENANCES,
    RULE_STATE,
    ALERT_STATE,
    REGIONS,
    DELIVERIES,
    OUTBOX,
    FAULTS,
];

fn pinned(name: String, stream: Stream, filter: String, template: &'static str) -> Durable {
    Durable {
        name,
        stream: stream.name,
        filter,
        template,
        sharing: Sharing::Pinned,
        ack_wait: Duration::from_secs(10),
        max_deliver: None,
    }
}

/// The short wait lets another instance take over soon; the consume loop prolongs it while a handler works.
fn ordered(name: String, stream: Stream, filter: String, template: &'static str) -> Durable {
    Durable {
        sharing: Sharing::Ordered,
        ack_wait: Duration::from_secs(5),
        ..pinned(name, stream, filter, template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durable_names_are_kebab_case_and_short() {
        let regions = ["eu-central".parse().expect("valid")];
        for durable in durables(&regions) {
            assert!(durable.name.len() < 32, "{}", durable.name);
            assert!(
                durable
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                durable.name
            );
        }
    }
}
