//! What was found: an answer with the question it answers.

use contract::id::Slug;
use contract::query::{Answer, Metric, Range, Resolution};
use contract::rpc;
use serde::{Deserialize, Serialize};

use crate::api::{self, Error};
use crate::components::clock;
use crate::view::answer::drawn;
use crate::view::explore::{Selection, settle};
use crate::view::plot::Plot;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub metrics: Vec<Metric>,
    pub selection: Selection,
    pub from_ms: i64,
    pub to_ms: i64,
    pub answer: Answer,
    /// Why there is no answer: the question can be mended.
    pub error: Option<Error>,
}

impl Found {
    pub fn metric(&self) -> Option<&Metric> {
        let name = &self.selection.metric;
        self.metrics.iter().find(|metric| metric.name == *name)
    }

    pub fn unit(&self) -> Option<String> {
        let unit = self.metric()?.unit.clone()?;
        Some(self.selection.unit(&unit))
    }

    pub fn plot(&self) -> Plot {
        Plot {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            unit: self.unit(),
            lines: drawn(&self.answer.series),
            ..Plot::default()
        }
    }

    pub fn range(&self) -> Range {
        let now_ms = clock::now().timestamp_millis();
        self.selection.range(self.metric(), now_ms)
    }
}

/// Asks for the selection, or for the first metric there is when none was chosen.
pub async fn find(slug: String, mut selection: Selection) -> Result<Found, Error> {
    let tenant = slug
        .parse::<Slug>()
        .map_err(|_| Error::Refused(rpc::Error::not_found("tenant")))?;
    let metrics = api::metrics(tenant.clone()).await?;
    settle(&mut selection, &metrics);
    let mut found = Found {
        metrics,
        selection,
        from_ms: 0,
        to_ms: 0,
        answer: Answer {
            resolution: Resolution::Raw,
            series: vec![],
        },
        error: None,
    };
    let range = found.range();
    (found.from_ms, found.to_ms) = (range.from_ms, range.to_ms);
    if found.metric().is_some() {
        match api::query(tenant, range).await {
            Ok(answer) => found.answer = answer,
            Err(error) if error.fields().is_empty() => return Err(error),
            Err(error) => found.error = Some(error),
        }
    }
    Ok(found)
}
