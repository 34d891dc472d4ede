//! What a person reads, one line a result; or JSON for a program.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;

use contract::probe::Outcome;

use super::board::Change;
use super::config::{Endpoint, Error};
use crate::check::Report;
use crate::words::{Paint, phases, result};

/// Names longer than this push their line out of the column.
const NAME_WIDTH: usize = 28;

#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    json: bool,
    only_changes: bool,
    paint: Paint,
}

impl Console {
    pub(super) fn new(json: bool, only_changes: bool) -> Self {
        let paint = Paint::new(!json && std::io::stdout().is_terminal());
        Self {
            json,
            only_changes,
            paint,
        }
    }

    pub(super) fn begin(self, path: &Path, endpoints: usize, http: Option<SocketAddr>) {
        let path = path.display();
        let http = http.map(|http| format!("; http://{http}/metrics and /probe"));
        let http = http.unwrap_or_default();
        self.say(&format!("watching {endpoints} endpoints of {path}{http}"));
    }

    pub(super) fn reload(self, path: &Path, endpoints: usize) {
        let path = path.display();
        self.say(&format!(
            "{path} has changed; watching {endpoints} endpoints"
        ));
    }

    pub(super) fn refuse(self, path: &Path, error: &Error) {
        let words = format!("{} has changed, but {error}", path.display());
        complain(&self.paint.bad(&words));
        complain("the endpoints of before are watched further");
    }

    pub(super) fn warn(self, warnings: &[String]) {
        for warning in warnings {
            complain(&self.paint.quiet(warning));
        }
    }

    pub(super) fn missed(self, endpoint: &Endpoint, ticks: u64) {
        let words = format!(
            "{} missed {ticks} ticks: the check before took too long",
            endpoint.key()
        );
        complain(&self.paint.quiet(&words));
    }

    pub(super) fn tell(self, endpoint: &Endpoint, report: &Report, change: Change) {
        if self.only_changes && change == Change::None {
            return;
        }
        if self.json {
            let mut line = result(report);
            line.insert("name".to_owned(), endpoint.name.as_str().into());
            line.insert("group".to_owned(), endpoint.group.as_str().into());
            return print(&serde_json::Value::Object(line).to_string());
        }
        let time = service::now().format("%H:%M:%S");
        let mark = match (change, report.outcome) {
            (Change::Down, _) => self.paint.bad("▼ DOWN"),
            (Change::Up, _) => self.paint.good("▲ UP  "),
            (Change::None, Outcome::Success) => self.paint.good("✓     "),
            (Change::None, Outcome::Failure) => self.paint.bad("✗     "),
            (Change::None, _) => self.paint.quiet("–     "),
        };
        let name = format!("{:<NAME_WIDTH$}", endpoint.key());
        let total = report.timings.total_time_ms.unwrap_or_default();
        let status = report
            .status_code
            .map_or_else(|| "   ".to_owned(), |it| it.to_string());
        let words = match &report.message {
            Some(message) => self.paint.bad(message),
            None => self.paint.quiet(&phases(&report.timings)),
        };
        let time = self.paint.quiet(&time.to_string());
        print(&format!(
            "{time} {mark} {name} {status} {total:>9.1} ms  {words}"
        ));
    }

    fn say(self, words: &str) {
        if self.json {
            complain(words);
        } else {
            print(&self.paint.quiet(words));
        }
    }
}

/// A closed pipe must not take the watch down.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
