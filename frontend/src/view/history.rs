//! Results of checks in words.

use contract::probe::{Finished, Outcome};

use crate::view::figure::milliseconds;
use crate::view::state::capitalised;

/// "48 ms, HTTP 200", or what went wrong.
pub fn words(result: &Finished) -> String {
    match (&result.message, result.outcome) {
        (Some(message), Outcome::Failure | Outcome::Missed | Outcome::Logged) => {
            capitalised(message)
        }
        (_, Outcome::Started) => "Started".to_owned(),
        (None, Outcome::Logged) => "Logged nothing".to_owned(),
        (None, Outcome::Missed) => "Nobody could look".to_owned(),
        (None, Outcome::Failure) => result.reason.map_or("Failed".to_owned(), |reason| {
            reason.as_str().replace('_', " ")
        }),
        (_, Outcome::Success) => {
            let total = result.timings.total_time_ms.map(milliseconds);
            let code = result.status_code.map(|code| format!("HTTP {code}"));
            let parts: Vec<String> = total.into_iter().chain(code).collect();
            parts.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(region: &str, tick: &str, outcome: &str, rest: &str) -> Finished {
        serde_json::from_str(&format!(
            r#"{{"monitor":"00000000-0000-0000-0000-000000000000","tenant":"00000000-0000-0000-0000-000000000000",
            "region":"{region}","tick_at":"{tick}","started_at":"{tick}","prober":"p","outcome":"{outcome}"{rest}}}"#
        ))
        .expect("a result")
    }

    #[test]
    fn a_result_says_what_came_back_or_what_went_wrong() {
        for (outcome, rest, expected) in [
            (
                "success",
                r#","status_code":200,"total_time_ms":48"#,
                "48 ms, HTTP 200",
            ),
            (
                "failure",
                r#","message":"connection refused""#,
                "Connection refused",
            ),
            ("failure", r#","reason":"dns_error""#, "dns error"),
            ("missed", "", "Nobody could look"),
            ("logged", "", "Logged nothing"),
        ] {
            let result = result("a", "2026-11-20T12:00:00Z", outcome, rest);
            assert_eq!(words(&result), expected);
        }
    }
}
