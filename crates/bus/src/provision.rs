//! Making the server equal to `contract::stream`: the one deploy step.

use async_nats::jetstream::consumer::{AckPolicy, PriorityPolicy, pull};
use async_nats::jetstream::{kv, stream as nats};
use contract::id::Region;
use contract::stream::{self, Bucket, Durable, Retention, Sharing, Stream};

use crate::Bus;

/// Messages handed out and not yet acknowledged, per durable.
const MAX_ACK_PENDING: i64 = 8_192;

#[derive(Debug, thiserror::Error)]
#[error("cannot provision {what}: {reason}")]
pub struct ProvisionError {
    what: String,
    reason: String,
}

/// Creates or updates every stream, durable and bucket of a deployment with these regions. Nothing is ever deleted. For the
/// user [`contract::access::DEPLOYER`]. `replicas` is how many servers hold each stream: 1, or 3 or 5 of a cluster.
pub async fn provision(
    bus: &Bus,
    regions: &[Region],
    replicas: usize,
) -> Result<(), ProvisionError> {
    for stream in stream::ALL {
        let outcome = bus
            .jetstream
            .create_or_update_stream(stream_config(stream, replicas))
            .await;
        outcome.map_err(|error| failed(stream.name, &error))?;
    }
    for bucket in stream::BUCKETS {
        let outcome = bus
            .jetstream
            .create_or_update_key_value(bucket_config(bucket, replicas))
            .await;
        outcome.map_err(|error| failed(bucket.name, &error))?;
    }
    for durable in stream::durables(regions) {
        let outcome = bus
            .jetstream
            .create_consumer_on_stream(consumer_config(&durable), durable.stream)
            .await;
        outcome.map_err(|error| failed(&durable.name, &error))?;
    }
    tracing::info!(
        streams = stream::ALL.len(),
        buckets = stream::BUCKETS.len(),
        regions = regions.len(),
        replicas,
        "NATS is provisioned"
    );
    Ok(())
}

fn stream_config(stream: Stream, replicas: usize) -> nats::Config {
    let base = nats::Config {
        name: stream.name.to_owned(),
        subjects: stream
            .subjects
            .iter()
            .map(|&subject| subject.to_owned())
            .collect(),
        storage: nats::StorageType::File,
        num_replicas: replicas,
        duplicate_window: stream::DEDUPLICATION_WINDOW,
        allow_direct: true,
        ..nats::Config::default()
    };
    match stream.retention {
        Retention::Limits { max_age, max_bytes } => nats::Config {
            retention: nats::RetentionPolicy::Limits,
            discard: nats::DiscardPolicy::New,
            compression: Some(nats::Compression::S2),
            max_age,
            max_bytes,
            ..base
        },
        Retention::Recent { max_age, max_bytes } => nats::Config {
            retention: nats::RetentionPolicy::Limits,
            discard: nats::DiscardPolicy::Old,
            compression: Some(nats::Compression::S2),
            max_age,
            max_bytes,
            ..base
        },
        Retention::WorkQueue => nats::Config {
            retention: nats::RetentionPolicy::WorkQueue,
            ..base
        },
        Retention::Schedules => nats::Config {
            retention: nats::RetentionPolicy::WorkQueue,
            allow_message_schedules: true,
            allow_message_ttl: true,
            allow_rollup: true,
            ..base
        },
    }
}

fn bucket_config(bucket: Bucket, replicas: usize) -> kv::Config {
    kv::Config {
        bucket: bucket.name.to_owned(),
        history: 1,
        max_age: bucket.max_age.unwrap_or_default(),
        num_replicas: replicas,
        ..kv::Config::default()
    }
}

fn consumer_config(durable: &Durable) -> pull::Config {
    let base = pull::Config {
        durable_name: Some(durable.name.clone()),
        filter_subject: durable.filter.clone(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: durable.ack_wait,
        max_deliver: durable.max_deliver.unwrap_or(-1),
        max_ack_pending: if durable.sharing == Sharing::Ordered {
            1
        } else {
            MAX_ACK_PENDING
        },
        ..pull::Config::default()
    };
    match durable.sharing {
        Sharing::Shared => base,
        Sharing::Ordered | Sharing::Pinned => pull::Config {
            priority_policy: PriorityPolicy::PinnedClient,
            priority_groups: vec![stream::PINNED_GROUP.to_owned()],
            priority_timeout: stream::PIN_TIMEOUT,
            ..base
        },
    }
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> ProvisionError {
    ProvisionError {
        what: what.to_owned(),
        reason: error.to_string(),
    }
}
