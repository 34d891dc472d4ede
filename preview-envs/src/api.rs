//! The REST API of an environment's tenant, as its person.

use anyhow::Context as _;
use axum::http::Method;
use serde::Serialize;
use serde_json::Value;

use crate::demo::seed;
use crate::environment::Environment;
use crate::http::Json;

pub(crate) struct Api {
    json: Json,
    base: String,
}

impl Api {
    pub(crate) async fn sign_in(environment: &Environment) -> anyhow::Result<Self> {
        let frontend = environment.summary()?.frontend_url;
        let frontend = frontend.context("the frontend has no address")?;
        let access = environment.read()?.access.context("there is no tenant")?;
        let session = seed::sign_in(&frontend, &access).await?;
        let session = session.context("the tenant's person cannot sign in")?;
        Ok(Self {
            json: Json::new(Some(session)),
            base: format!("{frontend}/api/v1/tenants/{}", access.tenant),
        })
    }

    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.json.get(&self.url(path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.json.post(&self.url(path), body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        let url = self.url(path);
        let answer = self.json.send(Method::PUT, &url, Some(body)).await?;
        answer.expect_success(&url)
    }

    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        let url = self.url(path);
        let answer = self.json.send(Method::DELETE, &url, None::<&()>).await?;
        answer.expect_success(&url).map(drop)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// A field that must be a string.
pub(crate) fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let text = value.get(field).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("there is no `{field}` in {value}"))?
        .to_owned())
}
