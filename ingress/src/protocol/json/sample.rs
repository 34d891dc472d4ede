//! One sample, without a copy of its text: in its fields a [`contract::metric::PushedSample`].

use std::borrow::Cow;
use std::fmt;

use contract::metric::Kind;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use service::problem::ProblemResponse;

use crate::judge::{Broken, Judge};

/// Reads and judges one sample.
pub(in crate::protocol) fn judge_sample(
    json: &[u8],
    judge: &mut Judge,
) -> Result<(), ProblemResponse> {
    let outcome = serde_json::from_slice(json)
        .map_err(|error| Broken::new("sample", error.to_string()))
        .and_then(|sample| put(&sample, judge));
    judge.settle(outcome)
}

fn put(sample: &Sample, judge: &mut Judge) -> Result<(), Broken> {
    let labels = sample.labels.0.iter();
    let mut labels = labels
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect();
    let unit = sample.unit.as_ref().map(AsRef::as_ref);
    let place = judge.series(sample.name.as_ref(), &mut labels, sample.kind, unit)?;
    let at_ms = judge.instant(sample.timestamp_ms)?;
    judge.put(place, at_ms, sample.value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    labels: Labels<'a>,
    value: f64,
    #[serde(default)]
    timestamp_ms: Option<i64>,
    #[serde(default)]
    kind: Kind,
    #[serde(borrow, default)]
    unit: Option<Text<'a>>,
}

/// Text that is copied only where it holds escapes.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[derive(Default)]
struct Labels<'a>(Vec<(Text<'a>, Text<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Labels<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(LabelsVisitor)
    }
}

struct LabelsVisitor;

impl<'de> Visitor<'de> for LabelsVisitor {
    type Value = Labels<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels<'de>, A::Error> {
        let mut labels = Vec::new();
        while let Some(label) = map.next_entry()? {
            labels.push(label);
        }
        Ok(Labels(labels))
    }
}
