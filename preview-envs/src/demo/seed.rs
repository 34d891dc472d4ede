//! Makes a tenant through the REST API, as a person would. Doing it again changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::http::{Method, StatusCode};
use contract::channel;
use contract::id::Region;
use contract::token::Scope;
use serde_json::{Value, json};

use super::targets;
use crate::environment::{Access, TENANT};
use crate::http::Json;
use crate::server::secrets;

const EMAIL: &str = "demo@overseer.local";
/// A frontend that is ready may still have to wait for the store for a moment.
const TRIES: u32 = 60;

/// The tenant's person and a token that works: those that are known, or fresh ones.
pub async fn account(frontend: &str, known: Option<Access>) -> anyhow::Result<Access> {
    let had_token = known.is_some();
    let access = known.unwrap_or_else(|| Access {
        tenant: TENANT.to_owned(),
        email: EMAIL.to_owned(),
        password: secrets::random(),
        token: String::new(),
    });
    let (session, is_new) = match sign_in(frontend, &access).await? {
        Some(session) => (session, false),
        None => (sign_up(frontend, &access).await?, true),
    };
    if had_token && !is_new {
        return Ok(access);
    }
    let url = format!("{frontend}/api/v1/tenants/{TENANT}/tokens");
    let form = json!({"name": "Preview", "scopes": [Scope::MetricsWrite, Scope::MetricsBackfill, Scope::Read]});
    let token = text(&Json::new(Some(session)).post(&url, &form).await?, "secret")?;
    Ok(Access { token, ..access })
}

/// The demo's monitors, and a channel for what happens to them.
pub async fn monitors(
    frontend: &str,
    access: &Access,
    targets: &str,
    regions: &[Region],
) -> anyhow::Result<String> {
    let session = sign_in(frontend, access)
        .await?
        .context("the tenant's person cannot sign in")?;
    let json = Json::new(Some(session));
    let base = format!("{frontend}/api/v1/tenants/{TENANT}");
    ensure_channel(&json, &base, targets).await?;
    let url = format!("{base}/monitors");
    let known = by_name(&json.get(&url).await?);
    let specs = targets::monitors(targets, regions)?;
    for spec in &specs {
        match known.get(&spec.name) {
            None => drop(json.post(&url, spec).await?),
            Some((_, target)) if target == spec.check.target() => {}
            Some((id, _)) => {
                let url = format!("{url}/{id}");
                json.send(Method::PUT, &url, Some(spec))
                    .await?
                    .expect_success(&url)?;
            }
        }
    }
    Ok(format!(
        "{} of local targets, and a webhook channel",
        specs.len()
    ))
}

async fn ensure_channel(json: &Json, base: &str, targets: &str) -> anyhow::Result<()> {
    let url = format!("{base}/channels");
    let address = format!("{targets}/webhook");
    let spec = channel::Spec::webhook("Webhook receiver of this preview", address.as_str());
    let known = by_name(&json.get(&url).await?);
    if let Some((id, target)) = known.get(&spec.name) {
        if *target == address {
            return Ok(());
        }
        let url = format!("{url}/{id}");
        json.send(Method::DELETE, &url, None::<&()>)
            .await?
            .expect_success(&url)?;
    }
    json.post(&url, &spec).await.map(drop)
}

/// Id and address of each thing in a list.
fn by_name(list: &Value) -> BTreeMap<String, (String, String)> {
    let things = list.as_array().into_iter().flatten();
    things
        .filter_map(|thing| {
            let address = thing.get("target").or_else(|| thing.get("url"));
            let address = address.and_then(Value::as_str).unwrap_or_default();
            Some((
                text(thing, "name").ok()?,
                (text(thing, "id").ok()?, address.to_owned()),
            ))
        })
        .collect()
}

/// A session's token; `None` when there is no such person.
pub(crate) async fn sign_in(frontend: &str, access: &Access) -> anyhow::Result<Option<String>> {
    let url = format!("{frontend}/api/v1/login");
    let form = json!({"email": access.email, "password": access.password});
    let answer = patiently(&url, &form).await?;
    match answer.status {
        StatusCode::UNAUTHORIZED => Ok(None),
        _ => text(&answer.expect_success(&url)?, "token").map(Some),
    }
}

async fn sign_up(frontend: &str, access: &Access) -> anyhow::Result<String> {
    let url = format!("{frontend}/api/v1/signup");
    let form = json!({"email": access.email, "password": access.password, "name": "Demo", "tenant": access.tenant});
    patiently(&url, &form).await?.expect_success(&url)?;
    sign_in(frontend, access)
        .await?
        .context("the person who just signed up cannot sign in")
}

/// Asks again while the answer is "not yet".
async fn patiently(url: &str, form: &Value) -> anyhow::Result<crate::http::Answer> {
    for _ in 0..TRIES {
        let answer = Json::new(None).send(Method::POST, url, Some(form)).await?;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bail!("{url} is not available")
}

fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let text = value.get(field).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("the answer has no `{field}`"))?
        .to_owned())
}
