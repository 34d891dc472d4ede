//! Reading back what a rule looks at, before it is judged here for the first time.

use std::sync::Arc;

use bus::Failure;
use chrono::{DateTime, TimeDelta, Utc};
use contract::rpc::{Caller, Error};
use contract::rule::{Page, Past, ReadPast, Rule};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::lane::Held;
use super::{Alerts, Window};

/// Questions asked at a time.
const CONCURRENCY: usize = 16;
/// Samples may lie so far ahead of the stream's clock.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

impl Alerts {
    /// Makes sure that all points these rules look at are known up to an instant.
    pub(super) async fn warm(
        &self,
        held: &mut Held,
        rules: &[Arc<Rule>],
        at: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let cold = rules.iter().filter(|rule| !held.is_warm(rule));
        let cold: Vec<_> = cold.map(|rule| self.read(Arc::clone(rule), at)).collect();
        let windows: Vec<_> = stream::iter(cold)
            .buffer_unordered(CONCURRENCY)
            .try_collect()
            .await?;
        for (rule, window) in windows {
            held.begin(rule.id, window);
        }
        Ok(())
    }

    async fn read(
        &self,
        rule: Arc<Rule>,
        at: DateTime<Utc>,
    ) -> Result<(Arc<Rule>, Window), Failure> {
        let condition = &rule.spec.condition;
        let mut window = Window {
            revision: rule.revision,
            ..Window::default()
        };
        let reach = condition.reach();
        if reach > TimeDelta::zero() {
            let mut question = ReadPast {
                condition: condition.clone(),
                from_ms: (at - reach).timestamp_millis(),
                to_ms: (at + AHEAD).timestamp_millis(),
                skip: 0,
            };
            loop {
                let page = self.ask(&rule, &question).await?;
                for Past { labels, points } in page.past {
                    if let Some(group) = window.group(&condition.group_of(&labels)) {
                        group.add(&labels, &points);
                    }
                }
                let Some(next) = page.next else { break };
                question.skip = next;
            }
        }
        Ok((rule, window))
    }

    async fn ask(&self, rule: &Rule, question: &ReadPast) -> Result<Page, Failure> {
        let caller = Caller::Service {
            tenant: rule.tenant,
        };
        match self.bus.ask(&caller, question).await {
            Ok(page) => Ok(page),
            Err(error @ (Error::Unavailable | Error::Throttled { .. })) => {
                Err(Failure::retry(&error))
            }
            Err(error) => {
                tracing::warn!(%error, rule = %rule.id, "the past of a rule cannot be read; it begins from now");
                Ok(Page {
                    past: Vec::new(),
                    next: None,
                })
            }
        }
    }
}
