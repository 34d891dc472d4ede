//! Which series of a metric a rule looks at.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use validator::{Validate, ValidationError};

use crate::metric::{self, Labels};
use crate::monitor::check;
use crate::query::Matcher;

/// The series of one metric that meet all matchers, kept apart by some labels.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Selector {
    #[validate(custom(function = metric::metric_name))]
    pub metric: String,
    /// Written like `host=web-1` or `host!=web-1`.
    #[serde(
        default,
        rename = "match",
        serialize_with = "write",
        deserialize_with = "read",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[validate(
        length(max = 16, message = "at most 16 matchers"),
        nested,
        custom(function = exact)
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub matchers: Vec<Matcher>,
    /// Labels to keep apart: each combination of their values is judged, and alerts, by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 8, message = "at most 8 labels"), custom(function = names))]
    pub group_by: Vec<String>,
}

impl Selector {
    pub fn accepts(&self, name: &str, labels: &Labels) -> bool {
        let met = |matcher: &Matcher| matcher.is_met_by(labels) == Some(true);
        name == self.metric && self.matchers.iter().all(met)
    }

    /// The group a series belongs to. Labels it does not have are left out.
    pub fn group_of(&self, labels: &Labels) -> Labels {
        let kept = self
            .group_by
            .iter()
            .filter_map(|name| Some((name.clone(), labels.get(name)?.clone())));
        kept.collect()
    }
}

/// A rule is judged at every push; regular expressions would be matched against every series of all tenants.
fn exact(matchers: &[Matcher]) -> Result<(), ValidationError> {
    match matchers.iter().find(|matcher| matcher.operator.is_regex()) {
        Some(matcher) => {
            let message = format!(
                "{matcher}: rules match labels with = and != only; use group_by to watch many series"
            );
            Err(check::of_field(check::broken(message), "match"))
        }
        None => Ok(()),
    }
}

fn names(labels: &[String]) -> Result<(), ValidationError> {
    labels
        .iter()
        .try_for_each(|label| metric::metric_name(label))
}

fn write<S: Serializer>(matchers: &[Matcher], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matchers.iter().map(ToString::to_string))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Matcher>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let matchers = texts.iter().map(|text| text.parse());
    matchers
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}
