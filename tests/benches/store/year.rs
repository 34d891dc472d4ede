//! How fast each class of question is answered on a year of history, over NATS and back.

use std::time::{Duration, Instant};

use system_tests::api::now_ms;
use system_tests::bench::{Better, Report, quantile_ms};
use system_tests::story::say;
use testkit::year::{self, Asker, Question, Scale};

use crate::rig::Rig;

const SCALE: Scale = if cfg!(debug_assertions) {
    Scale::SMALL
} else {
    Scale::FULL
};
/// Asked before the clock runs: connections are made and statements are prepared.
const WARM_UP: usize = 20;
const ROUNDS: usize = if cfg!(debug_assertions) { 20 } else { 300 };

pub(crate) async fn measure(rig: &mut Rig, report: &mut Report) {
    rig.start_store().await;
    let begun = Instant::now();
    let tenant = year::seed(&rig.pool, SCALE).await;
    say(&format!(
        "      the year was made in {:.0?}",
        begun.elapsed()
    ));
    let asker = Asker::new(&rig.frontend, tenant, now_ms()).await;
    for (name, question) in Question::all(SCALE.days) {
        let mut times = Vec::new();
        for round in 0..WARM_UP + ROUNDS {
            let begun = Instant::now();
            let answered = asker.ask(question, round).await;
            let answered = answered.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(answered > 0, "{name} was answered with nothing");
            times.push(begun.elapsed());
        }
        let times = &mut times[WARM_UP..];
        tell(report, name, "p50", times, 0.5);
        tell(report, name, "p99", times, 0.99);
    }
}

fn tell(report: &mut Report, name: &str, label: &str, times: &mut [Duration], share: f64) {
    let name = format!("store.{name}_{label}_ms");
    report.add(&name, quantile_ms(times, share), "ms", Better::Lower);
}
