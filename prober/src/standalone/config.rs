//! The file that says what is checked: Gatus' keys, with line and column in every complaint.

mod duration;
mod endpoint;
mod module;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use contract::monitor::Check;
use serde::Deserialize;
use serde_saphyr::Spanned;

pub(crate) use module::{Module, predefined};

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) modules: BTreeMap<String, Module>,
    /// What is read but not done, in words.
    pub(crate) warnings: Vec<String>,
}

/// One thing to check.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Endpoint {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) check: Check,
    pub(crate) interval: std::time::Duration,
    /// Failures in a row before it is down, and successes before it is up again.
    pub(crate) failure_threshold: u32,
    pub(crate) success_threshold: u32,
}

impl Endpoint {
    /// `group/name`, by which it is known.
    pub(crate) fn key(&self) -> String {
        if self.group.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.group, self.name)
        }
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

impl Error {
    fn at<T>(place: &Spanned<T>, message: impl std::fmt::Display) -> Self {
        let at = place.referenced;
        Self(format!(
            "line {}, column {}: {message}",
            at.line(),
            at.column()
        ))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    #[serde(default)]
    endpoints: Vec<Spanned<endpoint::Raw>>,
    /// Of `blackbox_exporter`; they stand beside the predefined ones.
    #[serde(default)]
    modules: BTreeMap<String, Spanned<module::Raw>>,
    /// Always on here.
    #[serde(default, rename = "metrics")]
    _metrics: bool,
}

/// Reads a file; its variables are taken from `variable`.
pub(crate) fn read(
    path: &Path,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Config, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Error(format!("cannot read it: {error}")))?;
    parse(&text, variable)
}

pub(crate) fn parse(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Config, Error> {
    let text = variables::replace(text, variable).map_err(Error)?;
    let file: File = serde_saphyr::from_str(&text).map_err(|error| Error(error.to_string()))?;
    let mut config = Config {
        modules: predefined(),
        ..Config::default()
    };
    for (name, raw) in file.modules {
        let module = Module::read(&raw.value)
            .map_err(|message| Error::at(&raw, format!("module {name}: {message}")))?;
        config.modules.insert(name, module);
    }
    let mut keys = BTreeSet::new();
    for raw in file.endpoints {
        let Some(endpoint) = raw.value.read(&mut config.warnings)? else {
            continue;
        };
        if !keys.insert(endpoint.key()) {
            let message = format!("there is an endpoint {} already", endpoint.key());
            return Err(Error::at(&raw, message));
        }
        config.endpoints.push(endpoint);
    }
    if config.endpoints.is_empty() && keys.is_empty() {
        config
            .warnings
            .push("there is no endpoint to check; /probe works".to_owned());
    }
    Ok(config)
}

#[cfg(test)]
mod tests;
