//! Several facts about one environment.

use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;

/// Runs facts one after the other. One that fails does not keep the others from being looked at.
#[derive(Debug, Default)]
pub struct Story {
    failed: Vec<&'static str>,
}

/// Checks functions of one argument as facts of a story: `facts!(story, &environment; module::fact, ...)`.
#[macro_export]
macro_rules! facts {
    ($story:expr, $environment:expr; $($fact:path),+ $(,)?) => {
        $($story.check(stringify!($fact), $fact($environment)).await;)+
    };
}

impl Story {
    pub async fn check(&mut self, name: &'static str, fact: impl Future<Output = ()>) {
        say(&format!("fact: {name}"));
        let begun = Instant::now();
        let outcome = AssertUnwindSafe(fact).catch_unwind().await;
        let verdict = if outcome.is_ok() { "holds" } else { "FAILED" };
        say(&format!("      {verdict} after {:.1?}", begun.elapsed()));
        if outcome.is_err() {
            self.failed.push(name);
        }
    }

    /// Whether every fact so far was true.
    pub fn holds(&self) -> bool {
        self.failed.is_empty()
    }

    /// Fails the test with the names of the facts that are not true.
    pub fn end(self) {
        assert!(self.holds(), "not true: {}", self.failed.join(", "));
    }
}

/// A line beside the output of the test.
pub fn say(line: &str) {
    // Nobody is left to be told of a failure.
    writeln!(std::io::stderr(), "{line}").ok();
}
