//! What is said of a fault, read from what a person typed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Kind, Parameter};
use crate::access;
use crate::id::Region;

/// How hard a fault strikes, and whom. What a kind has no parameter for means nothing.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FaultSettings))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    #[serde(default)]
    pub ms: i64,
    /// Between 0 and 1.
    #[serde(default = "always")]
    pub share: f64,
    #[serde(default)]
    pub kib: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// Why a fault cannot be switched on, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub(super) String);

impl Settings {
    /// What holds where nothing is said.
    pub fn of(kind: Kind) -> Self {
        let mut settings = Self {
            ms: 0,
            share: always(),
            kib: 0,
            region: None,
            service: None,
        };
        for parameter in kind.parameters() {
            match *parameter {
                Parameter::Ms { default, .. } => settings.ms = default,
                Parameter::Share { default } => settings.share = default,
                Parameter::Kib { default, .. } => settings.kib = default,
                Parameter::Region | Parameter::Service => {}
            }
        }
        settings
    }

    /// Reads words such as `ms=200`.
    pub fn read<'a>(kind: Kind, words: impl IntoIterator<Item = &'a str>) -> Result<Self, Invalid> {
        let mut settings = Self::of(kind);
        for word in words {
            let (name, value) = word
                .split_once('=')
                .ok_or_else(|| Invalid(format!("`{word}` is not name=value")))?;
            settings.set(kind, name, value)?;
        }
        Ok(settings)
    }

    /// Reads one value, and judges it by the bounds of the kind.
    pub fn set(&mut self, kind: Kind, name: &str, value: &str) -> Result<(), Invalid> {
        let parameters = kind.parameters();
        let Some(parameter) = parameters.iter().find(|it| it.name() == name) else {
            let known: Vec<&str> = parameters.iter().map(|it| it.name()).collect();
            let known = known.join(", ");
            return Err(Invalid(format!("{kind} has no `{name}`; it has {known}")));
        };
        match *parameter {
            Parameter::Ms { min, max, .. } => self.ms = number(name, value, min, max)?,
            Parameter::Share { .. } => self.share = number(name, value, 0.0, 1.0)?,
            Parameter::Kib { max, .. } => self.kib = number(name, value, 1, max)?,
            Parameter::Region => {
                let region = value.parse();
                self.region = Some(region.map_err(|error| Invalid(format!("region: {error}")))?);
            }
            Parameter::Service => self.service = Some(service(value)?),
        }
        Ok(())
    }

    /// Whether a service of this name is meant.
    pub fn means_service(&self, name: &str) -> bool {
        self.service.as_deref().is_none_or(|meant| meant == name)
    }

    pub fn means_region(&self, region: &Region) -> bool {
        self.region.as_ref().is_none_or(|meant| meant == region)
    }

    /// As it is typed: `ms=200 share=1`.
    pub fn words(&self, kind: Kind) -> String {
        let words = kind.parameters().iter().filter_map(|parameter| {
            let value = match parameter {
                Parameter::Ms { .. } => self.ms.to_string(),
                Parameter::Share { .. } => self.share.to_string(),
                Parameter::Kib { .. } => self.kib.to_string(),
                Parameter::Region => self.region.as_ref()?.to_string(),
                Parameter::Service => self.service.clone()?,
            };
            Some(format!("{}={value}", parameter.name()))
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

fn always() -> f64 {
    1.0
}

fn number<T>(name: &str, value: &str, min: T, max: T) -> Result<T, Invalid>
where
    T: std::str::FromStr + PartialOrd + fmt::Display + Copy,
{
    let number: Option<T> = value.parse().ok();
    number
        .filter(|number| *number >= min && *number <= max)
        .ok_or_else(|| {
            Invalid(format!(
                "{name} is a number from {min} to {max}, not `{value}`"
            ))
        })
}

fn service(value: &str) -> Result<String, Invalid> {
    let consumers = [access::STORE, access::PROCESSOR, access::PROBER];
    if consumers.contains(&value) {
        return Ok(value.to_owned());
    }
    let known = consumers.join(", ");
    Err(Invalid(format!("service is one of {known}, not `{value}`")))
}
