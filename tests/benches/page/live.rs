//! From the answer that a prober reads to the event that a browser gets.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::json;
use system_tests::Environment;
use system_tests::api::{Api, text};
use system_tests::bench::{Better, Report, quantile_ms};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const EVENTS: usize = if cfg!(debug_assertions) { 5 } else { 60 };
/// In the event of a check: the tick that it was for.
const CHECKED: &str = "\"tick_at\":\"";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

pub(crate) async fn measure(environment: &Environment, report: &mut Report) {
    let answered = Arc::new(Mutex::new(Instant::now()));
    let (target, _target) = target(answered.clone()).await;
    let api = Api::sign_in(environment).await;
    let monitor = json!({
        "name": "Measured", "target": target, "interval_s": 1, "timeout_ms": 900,
        "regions": [environment.region()], "public": true,
    });
    let id = text(&api.post("/monitors", &monitor).await.expect(201), "id");
    let live = environment.frontend(&format!("/t/{}/live", environment.tenant()));
    let mut stream = super::client().get(live).send().await.expect("an answer");
    let mut times = Vec::new();
    while times.len() < EVENTS {
        let chunk = stream.chunk().await.expect("the stream goes on");
        let chunk = chunk.expect("the stream goes on");
        let event = String::from_utf8_lossy(&chunk);
        // What no check caused (that the monitor is known, at first) comes at any time.
        if event.contains(&id) && event.contains(CHECKED) {
            let at = *answered.lock().expect("no holder panics");
            times.push(at.elapsed());
        }
    }
    let (p50, p99) = (quantile_ms(&mut times, 0.5), quantile_ms(&mut times, 0.99));
    report.add("page.result_to_event_p50_ms", p50, "ms", Better::Lower);
    report.add("page.result_to_event_p99_ms", p99, "ms", Better::Lower);
    api.delete(&format!("/monitors/{id}")).await.success();
}

/// Answers everybody, and notes when it last did.
async fn target(answered: Arc<Mutex<Instant>>) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await;
            *answered.lock().expect("no holder panics") = Instant::now();
            let _ = stream.write_all(ANSWER).await;
        }
    });
    (format!("http://{address}/"), tasks)
}
