//! A fleet of hosts as real ones are: many hosts, some hundred series each, most values changing a little from round to round.

mod remote_write;

use serde_json::{Value, json};

use remote_write::Encoder;

/// What a host measures, as node exporters and agents name it: the metric, a label, and the values of that label.
const METRICS: [(&str, &str, &[&str], bool); 10] = [
    (
        "node_cpu_seconds_total",
        "mode",
        &[
            "user", "system", "idle", "iowait", "irq", "softirq", "steal", "nice",
        ],
        true,
    ),
    (
        "node_memory_bytes",
        "state",
        &["used", "free", "cached", "buffers", "available", "slab"],
        false,
    ),
    (
        "node_filesystem_avail_bytes",
        "mountpoint",
        &["/", "/boot", "/home", "/var", "/var/log", "/srv"],
        false,
    ),
    (
        "node_disk_read_bytes_total",
        "device",
        &["nvme0n1", "nvme1n1", "sda", "sdb"],
        true,
    ),
    (
        "node_disk_written_bytes_total",
        "device",
        &["nvme0n1", "nvme1n1", "sda", "sdb"],
        true,
    ),
    (
        "node_network_receive_bytes_total",
        "device",
        &["eth0", "eth1", "lo", "docker0"],
        true,
    ),
    (
        "node_network_transmit_bytes_total",
        "device",
        &["eth0", "eth1", "lo", "docker0"],
        true,
    ),
    ("node_load", "period", &["1m", "5m", "15m"], false),
    (
        "http_requests_total",
        "code",
        &[
            "200", "201", "204", "301", "304", "400", "404", "429", "500", "503",
        ],
        true,
    ),
    (
        "http_request_duration_seconds_bucket",
        "le",
        &[
            "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10",
        ],
        true,
    ),
];

/// Series of one host.
pub const SERIES_PER_HOST: usize = 60;

/// Hosts that push together, over one connection, in order.
#[derive(Debug)]
pub struct Shard {
    series: Vec<Series>,
    random: u64,
    at_ms: i64,
}

#[derive(Debug)]
struct Series {
    name: &'static str,
    labels: Vec<(&'static str, String)>,
    is_counter: bool,
    value: f64,
    encoded: Vec<u8>,
}

/// What is pushed at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub body: Vec<u8>,
    pub samples: usize,
    /// The sum of all values.
    pub sum: f64,
}

/// Deals hosts out to shards.
pub fn shards(prefix: &str, hosts: usize, shards: usize) -> Vec<Shard> {
    let mut all: Vec<Shard> = (0..shards)
        .map(|number| Shard::new(number as u64))
        .collect();
    for host in 0..hosts {
        all[host % shards].add_host(&format!("{prefix}-{host:04}"));
    }
    all
}

impl Shard {
    fn new(seed: u64) -> Self {
        Self {
            series: Vec::new(),
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            at_ms: 0,
        }
    }

    fn add_host(&mut self, host: &str) {
        for (name, label, values, is_counter) in METRICS {
            for value in values {
                let labels = vec![
                    ("instance", format!("{host}.fleet.example:9100")),
                    ("job", "node".to_owned()),
                    (label, (*value).to_owned()),
                ];
                let encoded = remote_write::labels(name, &labels);
                self.series.push(Series {
                    name,
                    labels,
                    is_counter,
                    value: 0.0,
                    encoded,
                });
            }
        }
    }

    /// How many samples one round has.
    pub fn series(&self) -> usize {
        self.series.len()
    }

    /// One sample of every series at this instant, as remote write bodies of at most `per_request` samples. Rounds never
    /// share an instant: `now_ms` is moved on where they would.
    pub fn remote_write(&mut self, now_ms: i64, per_request: usize) -> Vec<Piece> {
        self.step(now_ms);
        let at_ms = self.at_ms;
        self.series
            .chunks(per_request)
            .map(|part| {
                let mut encoder = Encoder::default();
                for series in part {
                    encoder.add(&series.encoded, series.value, at_ms);
                }
                Piece::of(encoder.finish(), part)
            })
            .collect()
    }

    /// The same as our own JSON.
    pub fn json(&mut self, now_ms: i64, per_request: usize) -> Vec<Piece> {
        self.step(now_ms);
        let at_ms = self.at_ms;
        self.series
            .chunks(per_request)
            .map(|part| {
                let samples: Vec<Value> = part.iter().map(|series| series.json(at_ms)).collect();
                let body = json!({ "samples": samples }).to_string().into_bytes();
                Piece::of(body, part)
            })
            .collect()
    }

    fn step(&mut self, now_ms: i64) {
        self.at_ms = now_ms.max(self.at_ms + 1);
        for series in &mut self.series {
            // Xorshift: what a value does next need not be unpredictable.
            self.random ^= self.random << 13;
            self.random ^= self.random >> 7;
            self.random ^= self.random << 17;
            let change = f64::from(u16::try_from(self.random & 0x3ff).unwrap_or_default());
            series.value = if series.is_counter {
                series.value + change
            } else {
                (series.value + change - 511.5).abs()
            };
        }
    }
}

impl Piece {
    fn of(body: Vec<u8>, series: &[Series]) -> Self {
        Self {
            body,
            samples: series.len(),
            sum: series.iter().map(|series| series.value).sum(),
        }
    }
}

impl Series {
    fn json(&self, at_ms: i64) -> Value {
        let labels: serde_json::Map<String, Value> = self
            .labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
            .collect();
        let kind = if self.is_counter { "counter" } else { "gauge" };
        json!({"name": self.name, "labels": labels, "kind": kind, "value": self.value, "timestamp_ms": at_ms})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_one_sample_of_every_series_and_rounds_share_no_instant() {
        let mut shards = shards("host", 3, 2);
        assert_eq!(shards[0].series(), 2 * SERIES_PER_HOST);
        assert_eq!(shards[1].series(), SERIES_PER_HOST);
        let sizes: Vec<_> = shards[0]
            .json(5, 100)
            .iter()
            .map(|piece| piece.samples)
            .collect();
        assert_eq!(sizes, [100, 20]);
        shards[0].remote_write(5, 100);
        assert_eq!(shards[0].at_ms, 6);
    }
}
