//! From what was seen to an outcome.

use contract::condition::{Condition, Facts, Verdict};
use contract::probe::{Outcome, Reason};

use super::Failure;

/// Outcome, reason and words.
pub(super) type Judgement = (Outcome, Option<Reason>, Option<String>);

/// Judges what was seen; `failure` says why there is no answer, or not the whole of it.
pub(super) fn judge(
    conditions: &[Condition],
    facts: &Facts<'_>,
    failure: Option<Failure>,
) -> Judgement {
    let failed: Vec<(&Condition, Verdict)> = conditions
        .iter()
        .map(|condition| (condition, condition.evaluate(facts)))
        .filter(|(_, verdict)| !verdict.passed)
        .collect();
    if let Some(failure) = failure {
        let wanted = !facts.connected && failed.is_empty() && may_be_wanted(conditions, &failure);
        return if wanted {
            (Outcome::Success, None, Some(failure.message))
        } else {
            (
                Outcome::Failure,
                Some(failure.reason),
                Some(failure.message),
            )
        };
    }
    if failed.is_empty() {
        return (Outcome::Success, None, None);
    }
    let is_status = failed
        .iter()
        .any(|(condition, _)| condition.is_about_status());
    let reason = if is_status {
        Reason::Status
    } else {
        Reason::Assertion
    };
    let words: Vec<String> = failed
        .into_iter()
        .map(|(_, verdict)| verdict.words)
        .collect();
    (Outcome::Failure, Some(reason), Some(words.join("; ")))
}

/// Whoever asks for `[CONNECTED] == false` is content with a refusal, but not with a prober that must not dial.
fn may_be_wanted(conditions: &[Condition], failure: &Failure) -> bool {
    failure.reason != Reason::Blocked && conditions.iter().any(Condition::is_about_connecting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(texts: &[&str]) -> Vec<Condition> {
        texts
            .iter()
            .map(|text| text.parse().expect("a condition"))
            .collect()
    }

    fn refused(reason: Reason) -> Failure {
        Failure::new(reason, "connection refused by 192.0.2.1:80")
    }

    #[test]
    fn a_wrong_status_counts_more_than_other_conditions() {
        let facts = Facts {
            connected: true,
            status: Some(503),
            response_time_ms: Some(900.0),
            ..Facts::default()
        };
        let (outcome, reason, words) = judge(
            &conditions(&["[RESPONSE_TIME] < 300", "[STATUS] == 200"]),
            &facts,
            None,
        );
        assert_eq!((outcome, reason), (Outcome::Failure, Some(Reason::Status)));
        assert_eq!(
            words.as_deref(),
            Some("[RESPONSE_TIME] (900) < 300; [STATUS] (503) == 200")
        );
        let (_, reason, _) = judge(&conditions(&["[RESPONSE_TIME] < 300"]), &facts, None);
        assert_eq!(reason, Some(Reason::Assertion));
    }

    #[test]
    fn no_answer_fails_with_its_own_reason_whatever_the_conditions() {
        let facts = Facts {
            response_time_ms: Some(1.0),
            ..Facts::default()
        };
        let judged = judge(
            &conditions(&["[RESPONSE_TIME] < 300"]),
            &facts,
            Some(refused(Reason::ConnectionError)),
        );
        assert_eq!(judged.0, Outcome::Failure);
        assert_eq!(judged.1, Some(Reason::ConnectionError));
    }

    #[test]
    fn a_refusal_can_be_what_was_wanted_but_a_block_cannot() {
        let wanted = conditions(&["[CONNECTED] == false"]);
        let (outcome, ..) = judge(
            &wanted,
            &Facts::default(),
            Some(refused(Reason::ConnectionError)),
        );
        assert_eq!(outcome, Outcome::Success);
        let connected = Facts {
            connected: true,
            ..Facts::default()
        };
        let broken = Some(refused(Reason::TlsError));
        let (outcome, ..) = judge(&conditions(&["[CONNECTED] == true"]), &connected, broken);
        assert_eq!(outcome, Outcome::Failure);
        let (outcome, reason, _) =
            judge(&wanted, &Facts::default(), Some(refused(Reason::Blocked)));
        assert_eq!((outcome, reason), (Outcome::Failure, Some(Reason::Blocked)));
    }
}
