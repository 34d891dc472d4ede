//! A client of our own interfaces, which a preview serves over plain HTTP.

use anyhow::Context as _;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde_json::Value;

/// An answer larger than this is not ours.
const LARGEST_BYTES: usize = 16 << 20;

/// A client of our own JSON interfaces, which a preview serves over plain HTTP.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    client: Client<HttpConnector, Body>,
    bearer: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Json {
    pub(crate) fn new(bearer: Option<String>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            bearer,
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method).uri(url);
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(serde_json::to_vec(body)?)
            }
            None => Body::empty(),
        };
        self.exchange(url, request.body(body)?).await
    }

    /// Posts what is encoded already.
    pub(crate) async fn post_bytes(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::post(url);
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.exchange(url, request.body(Body::from(body))?).await
    }

    async fn exchange(&self, url: &str, request: Request<Body>) -> anyhow::Result<Answer> {
        let answer = self
            .client
            .request(request)
            .await
            .with_context(|| format!("no answer from {url}"))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST_BYTES)
            .collect()
            .await;
        let body = body.map_err(anyhow::Error::from_boxed)?.to_bytes();
        Ok(Answer {
            status,
            body: read(&body),
        })
    }

    pub(crate) async fn get(&self, url: &str) -> anyhow::Result<Value> {
        self.send(Method::GET, url, None::<&()>)
            .await?
            .expect_success(url)
    }

    pub(crate) async fn post(&self, url: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(Method::POST, url, Some(body))
            .await?
            .expect_success(url)
    }
}

impl Answer {
    pub(crate) fn expect_success(self, url: &str) -> anyhow::Result<Value> {
        let Self { status, body } = self;
        anyhow::ensure!(status.is_success(), "{url} answered {status}: {body}");
        Ok(body)
    }
}

fn read(body: &Bytes) -> Value {
    serde_json::from_slice(body)
        .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into())
}
