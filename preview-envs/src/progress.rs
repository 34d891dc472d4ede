//! What is going on, said on stderr while it goes on.

use std::time::Instant;

/// Says one thing.
pub fn say(text: impl AsRef<str>) {
    eprintln!("  {}", text.as_ref());
}

/// Begins a part of the work.
pub fn heading(text: impl AsRef<str>) {
    eprintln!("\n{}", text.as_ref());
}

/// Measures one step; tells how long it took when it is done.
#[derive(Debug)]
pub struct Step {
    what: String,
    began: Instant,
}

impl Step {
    pub fn begin(what: impl Into<String>) -> Self {
        let what = what.into();
        Self {
            what,
            began: Instant::now(),
        }
    }

    pub fn done(self, result: impl AsRef<str>) {
        let seconds = self.began.elapsed().as_secs_f64();
        say(format!(
            "{:<20} {} ({seconds:.1} s)",
            self.what,
            result.as_ref()
        ));
    }
}
