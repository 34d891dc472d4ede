//! Fuzz targets for everything that reads bytes from outside. As ordinary tests they run the committed seeds, seeds with damage,
//! and noise; `cargo bolero test` runs the same targets under a fuzzer. A new seed is a file in the folder of its target.

use contract::id::TenantId;
use contract::metric;

use crate::Limits;
use crate::batch::Message;
use crate::inflate::Encoding;
use crate::judge::{Judge, Window};
use crate::protocol::influx::Influx;
use crate::protocol::json::OwnJson;
use crate::protocol::otlp::{Format, Otlp};
use crate::protocol::remote_write::RemoteWrite;
use crate::protocol::{Protocol, ndjson};
use crate::telemetry::{self, Logs, Records, Spans};
use crate::tenants::Series;

const ITERATIONS: usize = 300;
const NOW_MS: i64 = 1_763_650_000_000;

macro_rules! targets {
    ($($name:ident => $survive:expr;)*) => {$(
        #[test]
        fn $name() {
            let seeds = seeds(stringify!($name));
            for seed in &seeds {
                $survive(seed);
            }
            bolero::check!().with_iterations(ITERATIONS).for_each(|noise: &[u8]| {
                $survive(noise);
                $survive(&damaged(&seeds, noise));
            });
        }
    )*};
}

targets! {
    json => |body: &[u8]| push::<OwnJson>(body, "/", "application/json");
    ndjson_lines => |body: &[u8]| judged(|judge| ndjson::read(body, judge));
    otlp_protobuf => |body: &[u8]| push::<Otlp>(body, "/", "application/x-protobuf");
    otlp_json => |body: &[u8]| push::<Otlp>(body, "/", "application/json");
    remote_write_v1 => |body: &[u8]| push::<RemoteWrite>(body, "/", "application/x-protobuf");
    remote_write_v2 => |body: &[u8]| push::<RemoteWrite>(body, "/", "application/x-protobuf;proto=io.prometheus.write.v2.Request");
    influx_lines => |body: &[u8]| push::<Influx>(body, "/write?precision=ms", "text/plain");
    otlp_traces_protobuf => |body: &[u8]| gathered::<Spans>(body, Format::Protobuf);
    otlp_traces_json => |body: &[u8]| gathered::<Spans>(body, Format::Json);
    otlp_logs_protobuf => |body: &[u8]| gathered::<Logs>(body, Format::Protobuf);
    otlp_logs_json => |body: &[u8]| gathered::<Logs>(body, Format::Json);
    encodings => inflated;
}

/// Traces and logs come to an answer, too, and to messages within their bounds.
fn gathered<R: Records>(body: &[u8], format: Format) {
    const MOST: usize = 500;
    let window = Window::new(NOW_MS, &Limits::default(), true);
    let gather = match telemetry::gather::<R>(body, format, window, MOST) {
        Ok(gather) => gather,
        Err(problem) => return assert!(problem.status().is_client_error(), "{problem:?}"),
    };
    assert!(gather.verdict.accepted + gather.verdict.rejected.len() <= MOST);
    let tenant = TenantId(uuid::Uuid::nil());
    let messages = telemetry::messages(tenant, R::SIGNAL, gather.groups, NOW_MS);
    for message in messages.expect("they can be written") {
        assert!(
            message.size_bytes() < 512 << 10,
            "{} bytes",
            message.size_bytes()
        );
    }
}

/// What every push must come to, whatever was in it: an answer, and messages within their bounds.
fn judged(read: impl FnOnce(&mut Judge) -> Result<(), service::problem::ProblemResponse>) {
    let limits = Limits {
        max_samples: 500,
        ..Limits::default()
    };
    let series = Series::new(1_000);
    let mut judge = Judge::new(Window::new(NOW_MS, &limits, true), &limits, &series);
    if let Err(problem) = read(&mut judge) {
        assert!(problem.status().is_client_error(), "{problem:?}");
        return;
    }
    let Judge { batch, verdict, .. } = judge;
    assert!(verdict.accepted + verdict.skipped + verdict.rejected.len() <= limits.max_samples);
    assert!(verdict.accepted > 0 || batch.sample_count() == 0 || !verdict.rejected.is_empty());
    let grouped = batch.grouped();
    let messages = batch.messages(&grouped, NOW_MS);
    let carried: usize = messages.iter().map(carried).sum();
    assert_eq!(
        carried,
        batch.sample_count(),
        "every sample is in one message"
    );
}

/// How many samples a message carries, as its receivers read it.
fn carried(message: &Message) -> usize {
    let bytes = rmp_serde::to_vec_named(&message.packed()).expect("encodes");
    assert!(bytes.len() < 512 << 10, "{} bytes", bytes.len());
    let batch: metric::Packed = rmp_serde::from_slice(&bytes).expect("is a batch of the contract");
    for series in batch.series() {
        assert!(metric::metric_name(series.name()).is_ok() && !series.points().is_empty());
        assert!(series.points().iter().all(|(_, value)| value.is_finite()));
    }
    batch.sample_count()
}

fn push<P: Protocol>(body: &[u8], uri: &str, content_type: &str) {
    let request = axum::http::Request::post(uri).header("content-type", content_type);
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    let Ok(mut protocol) = P::negotiate(&parts) else {
        panic!("{content_type} is refused");
    };
    judged(|judge| protocol.read(body, judge));
}

fn inflated(body: &[u8]) {
    let (first, body) = body.split_first().unwrap_or((&0, body));
    let encodings = [
        Encoding::Gzip,
        Encoding::Deflate,
        Encoding::Zstd,
        Encoding::Snappy,
    ];
    let encoding = encodings[usize::from(*first) % encodings.len()];
    if let Ok(inflated) = encoding.inflate(body, 1 << 16) {
        assert!(inflated.len() <= 1 << 16);
    }
}

/// A seed with some of its bytes exchanged, and perhaps cut short, as the noise says.
fn damaged(seeds: &[Vec<u8>], noise: &[u8]) -> Vec<u8> {
    let mut noise = noise.iter().copied().map(usize::from);
    let mut next = || noise.next();
    let mut body = seeds[next().unwrap_or_default() % seeds.len()].clone();
    let cut = next().unwrap_or_default();
    if cut >= 128 {
        body.truncate(body.len() * cut / 256);
    }
    while let (Some(high), Some(low), Some(byte)) = (next(), next(), next()) {
        let place = (high << 8 | low) % body.len().max(1);
        if let Some(place) = body.get_mut(place) {
            *place = u8::try_from(byte).unwrap_or_default();
        }
    }
    body
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = format!(
        "{}/src/__fuzz__/fuzz__{target}/corpus",
        env!("CARGO_MANIFEST_DIR")
    );
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let read = |file: std::io::Result<std::fs::DirEntry>| std::fs::read(file?.path());
    let seeds: Vec<_> = files.map(|file| read(file).expect("can be read")).collect();
    assert!(!seeds.is_empty(), "{target} has no seed");
    seeds
}
