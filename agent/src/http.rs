//! The HTTP client of registering and of pushing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Answers are small; more than this of one is not looked at.
const MAX_ANSWER_BYTES: u64 = 256 * 1_024;

/// Trusts the well-known authorities, or those of a file.
pub(crate) fn client(ca_file: Option<&Path>) -> anyhow::Result<Agent> {
    let roots = match ca_file {
        Some(file) => RootCerts::from(authorities(file)?),
        None => RootCerts::WebPki,
    };
    let config = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        // A push that is sent elsewhere by a proxy is a mistake to be told of.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("overseer-agent/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build();
    Ok(config.new_agent())
}

/// What an answer says, as far as it is worth reading.
pub(crate) fn text(answer: &mut ureq::http::Response<ureq::Body>) -> String {
    let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES);
    body.lossy_utf8(true).read_to_string().unwrap_or_default()
}

/// What a problem (RFC 9457) or any other body says, in one line.
pub(crate) fn reason(body: &str) -> String {
    if let Ok(problem) = serde_json::from_str::<contract::problem::Problem>(body) {
        let detail = problem.detail.into_iter();
        let errors = problem.errors.into_iter().take(3);
        let errors = errors.map(|error| format!("{} {}", error.field, error.reason));
        let parts: Vec<_> = std::iter::once(problem.title)
            .chain(detail)
            .chain(errors)
            .collect();
        return parts.join(": ");
    }
    let line = body.lines().next().unwrap_or_default();
    line.chars().take(200).collect()
}

fn authorities(file: &Path) -> anyhow::Result<Vec<Certificate<'static>>> {
    let pem = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.context("this is no PEM file")? {
            found.push(certificate);
        }
    }
    ensure!(!found.is_empty(), "{} holds no certificate", file.display());
    Ok(found)
}
