//! Removing what nobody wants any more. Only what this checkout's own records name is ever touched.

use crate::build::Commit;
use crate::environment::{Environment, Lease, Phase, lease};
use crate::{build, supervisor};

/// What is to become of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    /// End the processes that its killed supervisor left; its data may still be wanted.
    EndOrphans,
    Remove(&'static str),
}

/// One thing that was found, and what is done with it.
#[derive(Debug)]
pub struct Finding {
    pub what: String,
    pub verdict: Verdict,
}

/// Decides for one environment. `was_ready` is whether it ever got so far that somebody could have used it.
pub fn judge(phase: Option<Phase>, was_ready: bool, lease: &Lease, now: u64) -> Verdict {
    match phase {
        _ if lease.is_over(now) => Verdict::Remove("its time is over"),
        None => Verdict::Remove("it has no state: whoever began it was killed"),
        Some(Phase::Crashed) if !was_ready => {
            Verdict::Remove("whoever brought it up was killed before it was ready")
        }
        Some(Phase::Crashed) => Verdict::EndOrphans,
        Some(_) => Verdict::Keep,
    }
}

/// Looks at everything there is and does what is due; with `only_look` it only says what that would be.
pub async fn reap(only_look: bool) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut used: Vec<Commit> = Vec::new();
    for environment in Environment::all() {
        let verdict = verdict(&environment);
        let commit = environment.read().ok().and_then(|it| it.settings.commit);
        if !matches!(verdict, Verdict::Remove(_)) {
            used.extend(commit);
        }
        if verdict == Verdict::Keep {
            continue;
        }
        if !only_look {
            carry_out(&environment, &verdict).await?;
        }
        let what = format!("`{}`", environment.name());
        findings.push(Finding { what, verdict });
    }
    for commit in build::forget_all_but(&used, only_look)? {
        findings.push(Finding {
            what: format!("programs of {commit}"),
            verdict: Verdict::Remove("no environment runs them"),
        });
    }
    Ok(findings)
}

fn verdict(environment: &Environment) -> Verdict {
    let summary = environment.summary().ok();
    let was_ready = summary.as_ref().is_some_and(|it| it.token.is_some());
    let phase = summary.map(|summary| summary.state);
    // Between making the folder and writing the state down there is a moment; whoever is in it holds no lock yet.
    if phase.is_none() && environment.is_younger_than(lease::GRACE) {
        return Verdict::Keep;
    }
    judge(phase, was_ready, &environment.lease(), lease::seconds_now())
}

async fn carry_out(environment: &Environment, verdict: &Verdict) -> anyhow::Result<()> {
    if environment.is_supervised() {
        supervisor::stop(environment).await?;
    }
    supervisor::end_orphans(environment).await?;
    match verdict {
        Verdict::Remove(_) => environment.remove(),
        Verdict::Keep | Verdict::EndOrphans => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 10_000;

    fn lease(ttl: &str) -> Lease {
        let ttl = Some(ttl.parse().expect("a time"));
        Lease {
            ttl,
            used_at: 6_000,
        }
    }

    #[test]
    fn what_runs_and_is_wanted_stays() {
        for lease in [Lease::default(), lease("2h")] {
            assert_eq!(judge(Some(Phase::Ready), true, &lease, NOW), Verdict::Keep);
            assert_eq!(
                judge(Some(Phase::Stopped), true, &lease, NOW),
                Verdict::Keep
            );
        }
    }

    #[test]
    fn what_was_not_used_for_its_time_goes_however_it_is() {
        for phase in [Phase::Ready, Phase::Stopped, Phase::Failed, Phase::Crashed] {
            let verdict = judge(Some(phase), true, &lease("1h"), NOW);
            assert!(matches!(verdict, Verdict::Remove(_)), "{phase:?}");
        }
    }

    #[test]
    fn data_that_somebody_may_have_made_outlives_a_crash() {
        let crashed = Some(Phase::Crashed);
        let for_ever = Lease::default();
        assert_eq!(judge(crashed, true, &for_ever, NOW), Verdict::EndOrphans);
        assert!(matches!(
            judge(crashed, false, &for_ever, NOW),
            Verdict::Remove(_)
        ));
        assert!(matches!(
            judge(None, false, &for_ever, NOW),
            Verdict::Remove(_)
        ));
    }
}
