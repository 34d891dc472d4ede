//! Too many failing answers of a monitor.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Finding, Kind, Sight, Source, window};
use crate::id::MonitorId;
use crate::probe::{Finished, Outcome};
use crate::rule::words;

/// What counts as a failing answer.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnswerClass {
    #[serde(rename = "4xx")]
    ClientError,
    #[serde(rename = "5xx")]
    ServerError,
    /// Any check that failed, for whatever reason.
    #[serde(rename = "failure")]
    Failure,
}

/// More than so many answers of a class within a window, from all regions together.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FailingAnswersRule))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct FailingAnswers {
    pub monitor: MonitorId,
    #[serde(default = "default_class")]
    pub class: AnswerClass,
    #[validate(range(max = 10_000, message = "at most 10000"))]
    pub more_than: u32,
    #[serde(default = "default_window")]
    #[validate(range(min = 10, max = 86_400, message = "between 10 and 86400 (a day)"))]
    pub window_s: u32,
}

impl Kind for FailingAnswers {
    fn source(&self) -> Source<'_> {
        Source::Monitor(self.monitor)
    }

    fn reach(&self) -> TimeDelta {
        TimeDelta::seconds(self.window_s.into())
    }

    fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        let stretch = window(self.window_s, sight.now);
        let count = sight.points.within(stretch).count();
        let holds = count > usize::try_from(self.more_than).unwrap_or(usize::MAX);
        let value = u32::try_from(count).unwrap_or(u32::MAX);
        Some(Finding::of(holds, Some(value.into())))
    }

    fn words(&self, finding: &Finding, _: Sight<'_>) -> String {
        let count = words::number(finding.value.unwrap_or_default());
        let noun = if count == "1" { "answer" } else { "answers" };
        let what = match self.class {
            AnswerClass::ClientError => format!("{noun} of class 4xx"),
            AnswerClass::ServerError => format!("{noun} of class 5xx"),
            AnswerClass::Failure => format!("failed {}", noun.replace("answer", "check")),
        };
        let window = words::duration(self.window_s);
        let verdict = if finding.holds {
            "more than"
        } else {
            "no longer more than"
        };
        format!("{count} {what} in {window}, {verdict} {}", self.more_than)
    }

    fn extract(&self, result: &Finished) -> Option<f64> {
        let class = result.status_code.map(|code| code / 100);
        let counts = match self.class {
            AnswerClass::ClientError => class == Some(4),
            AnswerClass::ServerError => class == Some(5),
            AnswerClass::Failure => result.outcome == Outcome::Failure,
        };
        counts.then_some(1.0)
    }
}

fn default_class() -> AnswerClass {
    AnswerClass::ServerError
}

fn default_window() -> u32 {
    300
}
