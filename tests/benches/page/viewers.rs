//! A thousand people who keep the page open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use system_tests::Environment;
use system_tests::bench::{Better, Report};
use system_tests::memory::resident_mib;
use system_tests::process::Cpu;
use testkit::eventually;
use tokio::task::JoinSet;

const VIEWERS: u32 = if cfg!(debug_assertions) { 100 } else { 1_000 };
const WATCHED: Duration = Duration::from_secs(10);
const OPEN: Duration = Duration::from_mins(1);

pub(crate) async fn measure(environment: &Environment, page: &str, report: &mut Report) {
    let pid = environment.now().await.pids["frontend"];
    let before = resident_mib(pid);
    let client = super::client();
    let live = format!("{page}/live");
    let mut viewers = JoinSet::new();
    let greeted = Arc::new(AtomicU32::new(0));
    for _ in 0..VIEWERS {
        let request = client.get(&live);
        let greeted = greeted.clone();
        viewers.spawn(async move {
            let mut answer = request.send().await.expect("an answer");
            let hello = answer.chunk().await.expect("the stream begins");
            greeted.fetch_add(u32::from(hello.is_some()), Ordering::Relaxed);
            while let Ok(Some(_)) = answer.chunk().await {}
        });
    }
    eventually(OPEN, async || match greeted.load(Ordering::Relaxed) {
        VIEWERS => Ok(()),
        some => Err(format!("{some} viewers")),
    })
    .await;
    let cpu = Cpu::of(pid);
    tokio::time::sleep(WATCHED).await;
    report.add(
        "page.viewers_cpu_percent",
        cpu.percent(),
        "%",
        Better::Lower,
    );
    let each = (resident_mib(pid) - before) * 1_024.0 / f64::from(VIEWERS);
    report.add(
        "page.viewers_memory_mib",
        resident_mib(pid),
        "MiB",
        Better::Lower,
    );
    report.add(
        "page.memory_per_viewer_kib",
        each.max(0.0),
        "KiB",
        Better::Lower,
    );
    viewers.shutdown().await;
}
