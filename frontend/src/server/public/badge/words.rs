//! What badges say, and in which colour.

use contract::monitor::State;
use contract::page::{Measured, Span};

use crate::view::figure::milliseconds;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) label: String,
    pub(super) message: String,
    pub(super) color: &'static str,
}

const GOOD: &str = "#17784a";
const FAIR: &str = "#8f5f00";
const BAD: &str = "#bf2430";
const PLANNED: &str = "#1f63a8";
/// Nothing is known, or nothing may be.
const NONE: &str = "#666b70";

pub(super) fn health(measured: Option<&Measured>) -> Words {
    let (message, color) = match measured.map(|measured| measured.state) {
        Some(State::Up) => ("up", GOOD),
        Some(State::Degraded) => ("degraded", FAIR),
        Some(State::Down) => ("down", BAD),
        Some(State::Maintenance) => ("maintenance", PLANNED),
        Some(State::Paused | State::Unknown) => ("unknown", NONE),
        None => ("n/a", NONE),
    };
    words("health".to_owned(), message.to_owned(), color)
}

pub(super) fn uptime(span: Option<Span>, measured: Option<&Measured>) -> Words {
    let ratio = measured.and_then(|measured| measured.uptime.ratio());
    let color = match ratio {
        None => NONE,
        Some(ratio) if ratio >= 0.99 => GOOD,
        Some(ratio) if ratio >= 0.95 => FAIR,
        Some(_) => BAD,
    };
    let message = measured.map_or("n/a".to_owned(), |it| it.uptime.percent().replace(' ', ""));
    words(labelled("uptime", span), message, color)
}

pub(super) fn response_time(span: Option<Span>, measured: Option<&Measured>) -> Words {
    let response_ms = measured.and_then(|measured| measured.response_ms);
    let color = match response_ms {
        None => NONE,
        Some(ms) if ms < 300.0 => GOOD,
        Some(ms) if ms < 1_000.0 => FAIR,
        Some(_) => BAD,
    };
    let message = response_ms.map_or("n/a".to_owned(), milliseconds);
    words(labelled("response time", span), message, color)
}

fn labelled(label: &str, span: Option<Span>) -> String {
    span.map_or(label.to_owned(), |span| {
        format!("{label} {}", span.as_str())
    })
}

fn words(label: String, message: String, color: &'static str) -> Words {
    Words {
        label,
        message,
        color,
    }
}

#[cfg(test)]
mod tests {
    use contract::monitor::Uptime;

    use super::*;

    #[test]
    fn what_is_not_known_is_grey_and_never_a_number() {
        let nothing = Measured {
            name: "API".to_owned(),
            state: State::Unknown,
            uptime: Uptime::default(),
            response_ms: None,
            points: Vec::new(),
        };
        for measured in [None, Some(&nothing)] {
            let told = [
                uptime(Some(Span::Week), measured),
                response_time(Some(Span::Day), measured),
            ];
            for words in told {
                assert_eq!((words.message.as_str(), words.color), ("n/a", NONE));
            }
        }
        assert_eq!(health(None).message, "n/a");
        assert_eq!(uptime(Some(Span::Week), None).label, "uptime 7d");
    }

    #[test]
    fn uptime_is_never_rounded_up() {
        let measured = Measured {
            name: "API".to_owned(),
            state: State::Up,
            uptime: Uptime {
                up_s: 999_996,
                down_s: 4,
                ..Uptime::default()
            },
            response_ms: Some(48.0),
            points: Vec::new(),
        };
        let words = uptime(Some(Span::Month), Some(&measured));
        assert_eq!((words.message.as_str(), words.color), ("99.99%", GOOD));
    }
}
