//! A metric that fell silent.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Finding, Kind, Sight, Source, window};
use crate::rule::selector::Selector;
use crate::rule::words;

/// Groups that were heard of within this time before they fell silent are remembered across a restart.
const MEMORY: TimeDelta = TimeDelta::hours(1);

/// No sample of any series of a group for so long.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NoDataRule))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct NoData {
    #[serde(flatten)]
    #[validate(nested)]
    pub selector: Selector,
    #[validate(range(min = 10, max = 86_400, message = "between 10 and 86400 (a day)"))]
    pub silent_s: u32,
}

impl Kind for NoData {
    fn source(&self) -> Source<'_> {
        Source::Metric(&self.selector)
    }

    fn reach(&self) -> TimeDelta {
        TimeDelta::seconds(self.silent_s.into()) + MEMORY
    }

    fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        let stretch = window(self.silent_s, sight.now);
        let newest = sight.points.newest().map(|(at, _)| at);
        Some(Finding {
            holds: newest.is_none_or(|at| at <= stretch.after),
            value: None,
            since: newest.map(crate::rule::instant),
        })
    }

    fn words(&self, finding: &Finding, sight: Sight<'_>) -> String {
        let metric = &self.selector.metric;
        match (finding.holds, sight.points.newest()) {
            (false, _) => format!("samples of {metric} come again"),
            (true, Some((at, _))) => {
                let last = crate::rule::instant(at).format("%H:%M:%S UTC on %-d %b");
                format!("no sample of {metric} since {last}")
            }
            (true, None) => {
                format!(
                    "no sample of {metric} for {}",
                    words::duration(self.silent_s)
                )
            }
        }
    }
}
