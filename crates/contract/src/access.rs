//! Which service may publish and subscribe to what: the source of the generated NATS users.
//!
//! Nothing is allowed that is not listed here. Only [`DEPLOYER`] may create streams, consumers and buckets.

use crate::channel;
use crate::id::{Partition, Region};
use crate::rpc::Request;
use crate::rule;
use crate::stream::{self, Bucket, Durable};
use crate::subject::filter;

pub const DEPLOYER: &str = "deployer";
pub const INGRESS: &str = "ingress";
pub const PROCESSOR: &str = "processor";
pub const STORE: &str = "store";
pub const PROBER: &str = "prober";
pub const FRONTEND: &str = "frontend";

/// A NATS user and all that it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: &'static str,
    pub publish: Vec<String>,
    pub subscribe: Vec<String>,
}

/// The inbox prefix of a service's user: nobody else can read its replies.
pub fn inbox_prefix(service: &str) -> String {
    format!("_INBOX_{service}")
}

/// The users of a deployment with these regions.
pub fn users(regions: &[Region]) -> Vec<User> {
    vec![
        deployer(),
        ingress(),
        processor(),
        store(),
        prober(regions),
        frontend(),
    ]
}

/// The same in a test-bed, where people may break things from a page.
pub fn users_of_test_bed(regions: &[Region]) -> Vec<User> {
    let users = users(regions).into_iter();
    users
        .map(|user| match user.name {
            FRONTEND => user.write(stream::FAULTS),
            _ => user,
        })
        .collect()
}

/// May break what it deploys, for a while: `cargo preview fault`.
fn deployer() -> User {
    User::new(DEPLOYER)
        .publish(["$JS.API.>"])
        .write(stream::FAULTS)
}

fn ingress() -> User {
    User::new(INGRESS)
        .publish([
            filter::METRICS,
            filter::HEARTBEATS_FINISHED,
            filter::TELEMETRY,
        ])
        .watch(stream::MONITORS)
        .watch(stream::TOKENS)
        .watch(stream::FAULTS)
}

fn processor() -> User {
    let durables = Partition::all()
        .flat_map(|partition| {
            [
                stream::processor_metrics(partition),
                stream::processor_probes(partition),
            ]
        })
        .chain([stream::processor_notify()])
        .chain(channel::Kind::ALL.map(stream::notifier));
    User::new(PROCESSOR)
        .publish([
            filter::EVENTS,
            filter::NOTIFICATIONS,
            filter::LIVE,
            filter::DEAD,
            filter::SCHEDULES,
            filter::PROBES_FINISHED,
        ])
        .publish([
            "$JS.API.STREAM.INFO.SCHEDULE",
            "$JS.API.STREAM.PURGE.SCHEDULE",
            "$JS.API.STREAM.MSG.GET.SCHEDULE",
        ])
        .publish([
            request::<channel::Recipients>(),
            request::<channel::ReadTarget>(),
            request::<rule::ReadPast>(),
        ])
        .consume(durables)
        .watch(stream::MONITORS)
        .watch(stream::RULES)
        .watch(stream::MAINTENANCES)
        .watch(stream::RULE_STATE)
        .write(stream::RULE_STATE)
        .watch(stream::ALERT_STATE)
        .write(stream::ALERT_STATE)
        .watch(stream::DELIVERIES)
        .write(stream::DELIVERIES)
        .watch(stream::OUTBOX)
        .write(stream::OUTBOX)
        .watch(stream::FAULTS)
}

fn store() -> User {
    let durables = Partition::all()
        .flat_map(|partition| {
            [
                stream::store_metrics(partition),
                stream::store_probes(partition),
            ]
        })
        .chain([
            stream::store_events(),
            stream::store_dead_letters(),
            stream::store_telemetry(),
        ]);
    User::new(STORE)
        .publish([
            filter::EVENTS,
            filter::NOTIFICATIONS,
            filter::LIVE,
            filter::DEAD,
        ])
        .consume(durables)
        .watch(stream::MONITORS)
        .write(stream::MONITORS)
        .watch(stream::TOKENS)
        .write(stream::TOKENS)
        .watch(stream::RULES)
        .write(stream::RULES)
        .watch(stream::MAINTENANCES)
        .write(stream::MAINTENANCES)
        .watch(stream::FAULTS)
        .publish(stream::ALL.iter().flat_map(|stream| {
            let name = stream.name;
            [
                format!("$JS.API.STREAM.INFO.{name}"),
                format!("$JS.API.CONSUMER.LIST.{name}"),
            ]
        }))
        .subscribe([filter::STORE, "$SRV.>"])
        .respond()
}

fn prober(regions: &[Region]) -> User {
    let places = regions.iter().filter(|region| !region.is_heartbeat());
    User::new(PROBER)
        .publish(places.map(filter::probes_finished_in))
        .publish([filter::DEAD])
        .consume(regions.iter().map(stream::prober))
        .write(stream::REGIONS)
        .watch(stream::FAULTS)
}

fn frontend() -> User {
    User::new(FRONTEND)
        .publish([filter::STORE])
        .watch(stream::TOKENS)
        .watch(stream::REGIONS)
        .watch(stream::FAULTS)
        .subscribe([filter::LIVE])
}

fn request<R: Request>() -> String {
    R::subject().to_string()
}

impl User {
    fn new(name: &'static str) -> Self {
        let inbox = format!("{}.>", inbox_prefix(name));
        Self {
            name,
            publish: Vec::new(),
            subscribe: vec![inbox],
        }
    }

    fn publish<S: Into<String>>(mut self, subjects: impl IntoIterator<Item = S>) -> Self {
        self.publish.extend(subjects.into_iter().map(Into::into));
        self
    }

    fn subscribe<S: Into<String>>(mut self, subjects: impl IntoIterator<Item = S>) -> Self {
        self.subscribe.extend(subjects.into_iter().map(Into::into));
        self
    }

    /// Pull from existing durables and acknowledge.
    fn consume(self, durables: impl IntoIterator<Item = Durable>) -> Self {
        durables
            .into_iter()
            .fold(self, |user, Durable { name, stream, .. }| {
                user.publish([
                    format!("$JS.API.CONSUMER.INFO.{stream}.{name}"),
                    format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"),
                    format!("$JS.ACK.{stream}.{name}.>"),
                ])
            })
    }

    /// Read and watch a bucket.
    fn watch(self, bucket: Bucket) -> Self {
        let name = bucket.name;
        self.publish([
            format!("$JS.API.STREAM.INFO.KV_{name}"),
            format!("$JS.API.CONSUMER.CREATE.KV_{name}"),
            format!("$JS.API.CONSUMER.CREATE.KV_{name}.>"),
            format!("$JS.API.CONSUMER.DELETE.KV_{name}.>"),
            format!("$JS.API.CONSUMER.INFO.KV_{name}.>"),
            format!("$JS.API.DIRECT.GET.KV_{name}.>"),
            format!("$JS.API.STREAM.MSG.GET.KV_{name}"),
            format!("$JS.FC.KV_{name}.>"),
        ])
    }

    /// Put into and delete from a bucket.
    fn write(self, bucket: Bucket) -> Self {
        let name = bucket.name;
        self.publish([
            format!("$KV.{name}.>"),
            format!("$JS.API.STREAM.INFO.KV_{name}"),
        ])
    }

    /// Answer requests: replies go to the inboxes of those who may ask.
    fn respond(self) -> Self {
        self.publish([FRONTEND, PROCESSOR].map(|asker| format!("{}.>", inbox_prefix(asker))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_broken_from_a_page_in_a_test_bed_alone() {
        let breakers = |users: Vec<User>| -> Vec<&str> {
            let may = |user: &User| user.publish.iter().any(|it| it.starts_with("$KV.faults."));
            let breakers = users.into_iter().filter(may);
            breakers.map(|user| user.name).collect()
        };
        assert_eq!(breakers(users(&[])), [DEPLOYER]);
        assert_eq!(breakers(users_of_test_bed(&[])), [DEPLOYER, FRONTEND]);
    }
}
