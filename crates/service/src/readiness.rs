//! Whether the process can do its work right now, and if not, why.

use std::collections::BTreeMap;

use tokio::sync::watch;

/// What has to be up before the process is ready. Cheap to clone.
#[derive(Clone)]
pub struct Readiness(watch::Sender<BTreeMap<&'static str, Option<String>>>);

/// One thing that has to be up.
#[derive(Clone)]
pub struct Check {
    what: &'static str,
    readiness: Readiness,
}

impl Readiness {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(BTreeMap::new()))
    }

    /// Adds something that is not up yet. Add everything before the first is reported up.
    #[must_use]
    pub fn add(&self, what: &'static str) -> Check {
        self.0.send_modify(|checks| {
            checks.insert(what, Some("starting".to_owned()));
        });
        Check {
            what,
            readiness: self.clone(),
        }
    }

    /// What is not up, with its reason. Before anything was added nothing is known, and that is not ready.
    pub(crate) fn problems(&self) -> Vec<(&'static str, String)> {
        let checks = self.0.borrow();
        if checks.is_empty() {
            return vec![("service", "starting".to_owned())];
        }
        checks
            .iter()
            .filter_map(|(what, problem)| problem.clone().map(|problem| (*what, problem)))
            .collect()
    }

    pub(crate) async fn all_up(&self) {
        let mut changes = self.0.subscribe();
        let ready = |checks: &BTreeMap<_, Option<String>>| {
            !checks.is_empty() && checks.values().all(Option::is_none)
        };
        // The sender lives in self, so waiting cannot fail.
        let _ = changes.wait_for(ready).await;
    }
}

impl Check {
    pub fn up(&self) {
        self.set(None);
    }

    /// The reason is for people: it is shown by `/readyz`.
    pub fn down(&self, reason: &str) {
        self.set(Some(reason));
    }

    /// [`Check::up`], or [`Check::down`] for this reason.
    pub fn report(&self, up: bool, otherwise: &str) {
        self.set((!up).then_some(otherwise));
    }

    fn set(&self, problem: Option<&str>) {
        self.readiness.0.send_if_modified(|checks| {
            let old = checks
                .insert(self.what, problem.map(str::to_owned))
                .flatten();
            match (&old, problem) {
                (Some(_), None) => tracing::info!(what = self.what, "ready"),
                (None, Some(reason)) => tracing::warn!(what = self.what, reason, "not ready"),
                _ => {}
            }
            old.as_deref() != problem
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_only_when_everything_is_up() {
        let readiness = Readiness::new();
        assert!(!readiness.problems().is_empty(), "nothing is known yet");
        let (bus, database) = (readiness.add("bus"), readiness.add("database"));
        bus.up();
        assert_eq!(readiness.problems(), [("database", "starting".to_owned())]);
        database.up();
        assert!(readiness.problems().is_empty());
        bus.down("gone");
        assert_eq!(readiness.problems(), [("bus", "gone".to_owned())]);
    }
}
