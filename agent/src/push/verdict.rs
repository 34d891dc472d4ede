//! What an answer means. Pure.

use std::time::Duration;

use contract::metric::Accepted;

use crate::http::reason;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in the log; `complaint` names samples that are not.
    Taken {
        accepted: u64,
        complaint: Option<String>,
    },
    /// It will never be taken.
    Refused { why: String },
    /// The same may be taken later.
    Later {
        why: String,
        after: Option<Duration>,
    },
}

pub(super) fn of(status: u16, retry_after_s: Option<u64>, body: &str, samples: u32) -> Verdict {
    let after = retry_after_s.map(Duration::from_secs);
    let said = reason(body);
    let later = |why| Verdict::Later { why, after };
    match status {
        200..=299 => taken(body, samples),
        401 | 403 => later(format!(
            "ingress refuses this host's token ({status}: {said}); if it was removed, add it anew in the dashboard under \
             Hosts and run the command that is shown there"
        )),
        408 | 425 | 429 | 500..=599 => later(format!(
            "ingress takes nothing right now ({status}: {said})"
        )),
        300..=399 => later(format!(
            "ingress sends pushes elsewhere ({status}): the address that this host registered with is out of date"
        )),
        _ => Verdict::Refused {
            why: format!("ingress answered {status}: {said}"),
        },
    }
}

fn taken(body: &str, samples: u32) -> Verdict {
    let Ok(answer) = serde_json::from_str::<Accepted>(body) else {
        return Verdict::Later {
            why: "the answer is not one of ingress: is there a proxy in between?".to_owned(),
            after: None,
        };
    };
    let complaint = answer.rejected.first().map(|first| {
        format!(
            "{} of {samples} samples were refused, the first because its {} {}",
            answer.rejected.len(),
            first.field,
            first.reason
        )
    });
    Verdict::Taken {
        accepted: answer.accepted as u64,
        complaint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"accepted":2,"rejected":[]}"#;

    #[test]
    fn only_what_can_never_be_taken_is_given_up() {
        let verdict = |status| of(status, Some(7), "", 2);
        for status in [301, 401, 403, 408, 429, 500, 502, 503] {
            let Verdict::Later { after, .. } = verdict(status) else {
                panic!("{status}")
            };
            assert_eq!(after, Some(Duration::from_secs(7)));
        }
        for status in [400, 404, 413, 415, 422] {
            assert!(
                matches!(verdict(status), Verdict::Refused { .. }),
                "{status}"
            );
        }
        assert!(matches!(
            of(202, None, ANSWER, 2),
            Verdict::Taken {
                accepted: 2,
                complaint: None
            }
        ));
    }

    #[test]
    fn a_success_that_ingress_did_not_say_is_none() {
        assert!(matches!(of(200, None, "<html>", 2), Verdict::Later { .. }));
    }

    #[test]
    fn the_words_of_a_problem_reach_the_operator() {
        let body = r#"{"type":"invalid","title":"no sample could be taken","status":422,
            "errors":[{"field":"samples[0].timestamp_ms","reason":"lies in the future"}]}"#;
        let Verdict::Refused { why } = of(422, None, body, 1) else {
            panic!("not refused")
        };
        assert!(
            why.contains("samples[0].timestamp_ms lies in the future"),
            "{why}"
        );
    }
}
