//! The kinds of conditions. Each is one file with its description, its rules of validity, and its judgement.

mod certificate_expiry;
mod failing_answers;
mod latency;
mod monitor_state;
mod no_data;
mod threshold;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use super::points::Group;
use super::selector::Selector;
use crate::id::MonitorId;
use crate::metric::Labels;
use crate::monitor::Status;
use crate::probe::Finished;

pub use certificate_expiry::CertificateExpiry;
pub use failing_answers::{AnswerClass, FailingAnswers};
pub use latency::Latency;
pub use monitor_state::MonitorState;
pub use no_data::NoData;
pub use threshold::Threshold;

/// When a rule fires.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RuleCondition))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    Threshold(Threshold),
    NoData(NoData),
    FailingAnswers(FailingAnswers),
    MonitorState(MonitorState),
    Latency(Latency),
    CertificateExpiry(CertificateExpiry),
}

/// Where a condition's points come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    Metric(&'a Selector),
    /// Results of a monitor's checks.
    Monitor(MonitorId),
}

/// What a group is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    pub points: &'a Group,
    /// The state of the monitor the condition is about, where it is known.
    pub status: Option<&'a Status>,
    pub now: DateTime<Utc>,
    /// Whether an alert of this group is open: to recover may take more than not to fire.
    pub firing: bool,
}

/// What was found of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub holds: bool,
    /// What was compared, where it is a number.
    pub value: Option<f64>,
    /// Since when it holds, where that is known better than by looking again and again.
    pub since: Option<DateTime<Utc>>,
}

impl Finding {
    fn of(holds: bool, value: Option<f64>) -> Self {
        Self {
            holds,
            value,
            since: None,
        }
    }
}

/// What every kind of condition can tell of itself.
trait Kind {
    fn source(&self) -> Source<'_>;

    /// How far back a judgement looks.
    fn reach(&self) -> TimeDelta;

    /// `None` where there is nothing to judge by: then everything stays as it is.
    fn judge(&self, sight: Sight<'_>) -> Option<Finding>;

    /// Why it holds, or that it does no more.
    fn words(&self, finding: &Finding, sight: Sight<'_>) -> String;

    /// What a result says to this condition; rules on metrics do not ask.
    fn extract(&self, _: &Finished) -> Option<f64> {
        None
    }
}

impl Condition {
    fn kind(&self) -> &dyn Kind {
        match self {
            Self::Threshold(kind) => kind,
            Self::NoData(kind) => kind,
            Self::FailingAnswers(kind) => kind,
            Self::MonitorState(kind) => kind,
            Self::Latency(kind) => kind,
            Self::CertificateExpiry(kind) => kind,
        }
    }

    pub fn source(&self) -> Source<'_> {
        self.kind().source()
    }

    pub fn monitor(&self) -> Option<MonitorId> {
        match self.source() {
            Source::Monitor(monitor) => Some(monitor),
            Source::Metric(_) => None,
        }
    }

    /// The labels that keep groups apart; where there are none, everything is one group.
    pub fn group_by(&self) -> &[String] {
        match self.source() {
            Source::Metric(selector) => &selector.group_by,
            Source::Monitor(_) => &[],
        }
    }

    /// The group a series belongs to.
    pub fn group_of(&self, labels: &Labels) -> Labels {
        match self.source() {
            Source::Metric(selector) => selector.group_of(labels),
            Source::Monitor(_) => Labels::new(),
        }
    }

    pub fn reach(&self) -> TimeDelta {
        self.kind().reach()
    }

    pub fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        self.kind().judge(sight)
    }

    pub fn words(&self, finding: &Finding, sight: Sight<'_>) -> String {
        self.kind().words(finding, sight)
    }

    pub fn extract(&self, result: &Finished) -> Option<f64> {
        self.kind().extract(result)
    }
}

impl Validate for Condition {
    fn validate(&self) -> Result<(), ValidationErrors> {
        match self {
            Self::Threshold(kind) => kind.validate(),
            Self::NoData(kind) => kind.validate(),
            Self::FailingAnswers(kind) => kind.validate(),
            Self::MonitorState(kind) => kind.validate(),
            Self::Latency(kind) => kind.validate(),
            Self::CertificateExpiry(kind) => kind.validate(),
        }
    }
}

/// What a window of this many seconds before an instant covers.
fn window(seconds: u32, now: DateTime<Utc>) -> super::points::Stretch {
    let to = now.timestamp_millis();
    super::points::Stretch {
        after: to - i64::from(seconds) * 1_000,
        to,
    }
}
