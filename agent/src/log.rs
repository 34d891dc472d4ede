//! Lines for the operator, on stderr.

use std::io::Write as _;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

pub(crate) fn info(line: &str) {
    write("info ", line);
}

pub(crate) fn warn(line: &str) {
    write("warn ", line);
}

pub(crate) fn error(line: &str) {
    write("error", line);
}

fn write(level: &str, line: &str) {
    let now = DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true);
    // Nobody is left to be told of a failure.
    writeln!(std::io::stderr(), "{now} {level} {line}").ok();
}
