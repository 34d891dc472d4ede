//! Exchanging a one-time code for a token.

use anyhow::{Context as _, bail};
use contract::agent::{Form, Welcome};
use sysinfo::System;

use crate::args::{Register, State};
use crate::identity::Identity;
use crate::{http, log};

pub(crate) fn act(state: &State, register: Register) -> anyhow::Result<()> {
    let folder = state.folder()?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let url = format!(
        "{}/api/v1/agents/register",
        register.url.trim_end_matches('/')
    );
    let form = form(register.code);
    let client = http::client(state.ca_file.as_deref())?;
    let answer = client
        .post(&url)
        .content_type("application/json")
        .send(serde_json::to_vec(&form)?);
    let mut answer = answer.with_context(|| format!("{url} cannot be reached"))?;
    let body = http::text(&mut answer);
    match answer.status().as_u16() {
        201 => keep(&folder, &body),
        status => bail!("{url} refused ({status}): {}", http::reason(&body)),
    }
}

fn keep(folder: &std::path::Path, body: &str) -> anyhow::Result<()> {
    let welcome: Welcome = serde_json::from_str(body)
        .context("the answer is not what was expected: is the address that of the dashboard?")?;
    let identity = Identity {
        id: welcome.id,
        name: welcome.name,
        tenant: welcome.tenant.to_string(),
        ingress_url: welcome.ingress_url,
        token: welcome.token,
    };
    identity.write(folder)?;
    log::info(&format!(
        "this host is registered as {} of {}; start `overseer-agent run`",
        identity.name, identity.tenant
    ));
    Ok(())
}

fn form(code: String) -> Form {
    let known =
        |text: Result<String, sysinfo::Error>| text.unwrap_or_else(|_| "unknown".to_owned());
    Form {
        code,
        hostname: known(System::host_name()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        os: known(System::long_os_version()),
    }
}
