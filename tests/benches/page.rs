//! A status page as many people see it: how quickly it comes, what it weighs, and what its live viewers cost.
//!
//! The page has fifty components with ninety days each, of a tenant with a year of data.

#[path = "page/lighthouse.rs"]
mod lighthouse;
#[path = "page/live.rs"]
mod live;
#[path = "page/viewers.rs"]
mod viewers;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, ETAG, IF_NONE_MATCH};
use system_tests::Environment;
use system_tests::bench::{Better, Report, quantile_ms};
use system_tests::environment::Plan;
use testkit::year::{self, Scale};
use tokio::task::JoinSet;

const SCALE: Scale = if cfg!(debug_assertions) {
    Scale::SMALL
} else {
    Scale::FULL
};
/// Every connection of the store plans its statements a few times before it keeps the plans.
const WARM_UP: usize = if cfg!(debug_assertions) { 20 } else { 200 };
const ROUNDS: usize = if cfg!(debug_assertions) { 50 } else { 500 };
const READERS: usize = 16;
const CROWD: Duration = Duration::from_secs(10);
/// The bar, in milliseconds and bytes.
const BAR_MS: f64 = 20.0;
const BAR_BYTES: f64 = 100.0 * 1_024.0;

#[tokio::main]
async fn main() {
    let mut report = Report::default();
    let environment = Environment::up(Plan::default()).await;
    let database = environment.database().await;
    year::seed(&database, SCALE).await;
    database.close().await;
    let client = client();
    let url = environment.frontend(&format!("/t/{}", year::SLUG));
    one_by_one(&client, &url, &mut report).await;
    weight(&client, &environment, &url, &mut report).await;
    lighthouse::judge(&url, &mut report).await;
    crowd(&client, &url, &mut report).await;
    viewers::measure(&environment, &url, &mut report).await;
    live::measure(&environment, &mut report).await;
    environment.take_down().await;
    report.print();
}

/// Keeps its connections, as browsers do.
pub(crate) fn client() -> Client {
    testkit::http::client();
    let builder = Client::builder().no_proxy();
    builder.build().expect("nothing is configured")
}

async fn one_by_one(client: &Client, url: &str, report: &mut Report) {
    let mut times = Vec::new();
    for _ in 0..WARM_UP + ROUNDS {
        let begun = Instant::now();
        let answer = client.get(url).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
        answer.bytes().await.expect("a body");
        times.push(begun.elapsed());
    }
    let times = &mut times[WARM_UP..];
    report.add(
        "page.status_p50_ms",
        quantile_ms(times, 0.5),
        "ms",
        Better::Lower,
    );
    let p99 = quantile_ms(times, 0.99);
    report.compare(
        "page.status_p99_ms",
        p99,
        "ms",
        Better::Lower,
        ("bar", BAR_MS),
    );
}

/// All that a browser loads for the first look, as it travels.
async fn weight(client: &Client, environment: &Environment, url: &str, report: &mut Report) {
    let get = async |url: &str| {
        let request = client.get(url).header(ACCEPT_ENCODING, "br, gzip");
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{url}");
        answer.bytes().await.expect("a body").len()
    };
    let html = client.get(url).send().await.expect("an answer");
    let html = html.text().await.expect("a body");
    let assets = html.split("\"/assets/").skip(1);
    let assets: Vec<_> = assets.filter_map(|rest| rest.split('"').next()).collect();
    assert!(assets.len() >= 3, "icon, style and script: {assets:?}");
    let mut bytes = get(url).await;
    for asset in assets {
        bytes += get(&environment.frontend(&format!("/assets/{asset}"))).await;
    }
    let bytes = f64::from(u32::try_from(bytes).expect("a page"));
    report.compare(
        "page.first_load_bytes",
        bytes,
        "B",
        Better::Lower,
        ("bar", BAR_BYTES),
    );
}

/// Many readers at once: those who come for the first time, and those who ask whether anything changed.
async fn crowd(client: &Client, url: &str, report: &mut Report) {
    let first = rate(client, url, None).await;
    report.add("page.requests_per_second", first, "1/s", Better::Higher);
    let answer = client.get(url).send().await.expect("an answer");
    let tag = answer.headers()[ETAG].to_str().expect("text").to_owned();
    let again = rate(client, url, Some(tag)).await;
    report.add(
        "page.revalidations_per_second",
        again,
        "1/s",
        Better::Higher,
    );
}

async fn rate(client: &Client, url: &str, tag: Option<String>) -> f64 {
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let mut readers = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..READERS {
        let (client, url, tag) = (client.clone(), url.to_owned(), tag.clone());
        let (stop, count) = (stop.clone(), count.clone());
        readers.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let mut request = client.get(&url).header(ACCEPT_ENCODING, "br, gzip");
                if let Some(tag) = &tag {
                    request = request.header(IF_NONE_MATCH, tag);
                }
                let answer = request.send().await.expect("an answer");
                answer.bytes().await.expect("a body");
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(CROWD).await;
    stop.store(true, Ordering::Relaxed);
    while readers.join_next().await.is_some() {}
    let count = u32::try_from(count.load(Ordering::Relaxed)).expect("some thousands");
    f64::from(count) / begun.elapsed().as_secs_f64()
}
