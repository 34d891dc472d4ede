use std::io::Write as _;

use serde::Serialize;

/// The one JSON value of a command.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    text(&serde_json::to_string_pretty(value)?)
}

pub(super) fn text(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
