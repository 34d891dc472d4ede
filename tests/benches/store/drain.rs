//! How fast METRICS becomes committed rows, beside bare COPY of the same rows into the same table.

use std::time::{Duration, Instant};

use bus::Outgoing;
use contract::id::TenantId;
use contract::metric::{self, Batch, Labels, Packed, Series};
use contract::subject;
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgPoolCopyExt as _;
use system_tests::api::now_ms;
use system_tests::bench::{Better, Report};
use system_tests::story::say;

use crate::fleet::{Kind, Signal};
use crate::rig::Rig;

const TENANTS: usize = 8;
/// Hosts of a tenant, and what each reports in one message.
const HOSTS: u64 = 4;
const SERIES_PER_HOST: u64 = 256;
/// Scrapes of every host: two million samples when optimised, few enough to try it otherwise.
const ROUNDS: i64 = if cfg!(debug_assertions) { 12 } else { 256 };

/// Rows of one COPY of the reference, each a transaction.
const BATCH: usize = 10_000;

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) async fn measure(rig: &mut Rig, report: &mut Report) {
    let messages = fill(rig).await;
    rig.start_store().await;
    // The clock starts once the store has shown that it has begun.
    let left = rig.backlog_falls_to(messages - 1).await;
    let begun = Instant::now();
    rig.backlog_falls_to(0).await;
    let drained = (left * SERIES_PER_HOST) as f64 / begun.elapsed().as_secs_f64();
    rig.stop_store().await;
    let stored = rig.number("select count(*) from sample").await;
    assert_eq!(
        u64::try_from(stored),
        Ok(messages * SERIES_PER_HOST),
        "every sample is stored once"
    );
    let bare = bare_copy(rig).await;
    assert_eq!(rig.number("select count(*) from sample").await, stored);
    let copied = stored as f64 / bare.as_secs_f64();
    let name = "store.drain_samples_per_second";
    report.compare(name, drained, "1/s", Better::Higher, ("bare COPY", copied));
    let name = "store.drain_to_copy_ratio";
    report.add(name, drained / copied, "1", Better::Higher);
}

/// Fills METRICS with the messages of several tenants in the order in which scrapes come in. Says how many.
async fn fill(rig: &Rig) -> u64 {
    let mut hosts = Vec::new();
    for number in 0..TENANTS {
        let tenant = rig.tenant(&format!("tenant-{number}")).await;
        hosts.extend((0..HOSTS).map(|host| (tenant, host, signals(host))));
    }
    // Ahead of now, so that everything lies in partitions that exist.
    let begin_ms = now_ms();
    let mut sent = 0;
    for round in 0..ROUNDS {
        let at_ms = begin_ms + round * 1_000;
        let messages = hosts
            .iter_mut()
            .map(|(tenant, host, signals)| message(*tenant, *host, signals, at_ms));
        let messages: Vec<_> = messages.collect();
        sent += messages.len() as u64;
        let published = rig.ingress.publish_all(messages).await;
        published.expect("every message is acknowledged");
    }
    say(&format!("      METRICS holds {sent} messages"));
    sent
}

fn signals(host: u64) -> Vec<Signal> {
    let first = host * SERIES_PER_HOST;
    (first..first + SERIES_PER_HOST)
        .zip(Kind::ALL.into_iter().cycle())
        .map(|(number, kind)| Signal::new(kind, number))
        .collect()
}

/// What one host reports at one instant.
fn message(tenant: TenantId, host: u64, signals: &mut [Signal], at_ms: i64) -> Outgoing {
    let series = signals.iter_mut().enumerate().map(|(number, signal)| {
        let labels = [
            ("instance", format!("host-{host}.example.com:9100")),
            ("job", "node".to_owned()),
            ("device", format!("nvme{}n1", number / 8)),
        ];
        let labels: Labels = labels.map(|(name, value)| (name.to_owned(), value)).into();
        Series {
            name: format!("node_metric_{}_total", number % 8),
            labels,
            kind: metric::Kind::Gauge,
            unit: None,
            points: vec![(at_ms, signal.step())],
        }
    });
    let batch = Batch {
        received_ms: at_ms,
        series: series.collect(),
    };
    let subject = subject::metrics_accepted(tenant);
    let id = format!("{}-{host}-{at_ms}", tenant.0);
    Outgoing::packed(subject, id, &Packed::from(&batch)).expect("a batch can be encoded")
}

/// Takes all rows out, empties the table, and copies them back in over one connection.
async fn bare_copy(rig: &Rig) -> Duration {
    let statement = "copy (select series_id, ts, value from sample) to stdout (format binary)";
    let parts = rig.pool.copy_out_raw(statement).await.expect("copied out");
    let parts: Vec<_> = parts.try_collect().await.expect("copied out");
    let bytes = parts.concat();
    let rows = &bytes[HEADER_BYTES..bytes.len() - TRAILER.len()];
    assert_eq!(
        rows.len() % ROW_BYTES,
        0,
        "every row has three fields of 8 bytes"
    );
    sqlx::query("truncate sample")
        .execute(&rig.pool)
        .await
        .expect("emptied");
    let mut connection = rig.pool.acquire().await.expect("connected");
    let begun = Instant::now();
    for rows in rows.chunks(BATCH * ROW_BYTES) {
        let statement = "copy sample (series_id, ts, value) from stdin (format binary)";
        let mut copy = connection.copy_in_raw(statement).await.expect("begun");
        copy.send([&bytes[..HEADER_BYTES], rows, &TRAILER].concat())
            .await
            .expect("sent");
        copy.finish().await.expect("copied");
    }
    begun.elapsed()
}

/// COPY's binary format: what comes before the rows, one row, and what comes after.
const HEADER_BYTES: usize = 19;
const ROW_BYTES: usize = 2 + 3 * (4 + 8);
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
