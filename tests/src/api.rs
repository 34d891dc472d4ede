//! The REST API, as a client that signed in.

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::Environment;

/// An answer that was read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// A session at the REST API of one tenant.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    bearer: String,
}

impl Api {
    /// Signs in as the environment's owner.
    pub async fn sign_in(environment: &Environment) -> Self {
        let form = json!({"email": environment.email(), "password": environment.password()});
        let login = environment.frontend("/api/v1/login");
        let session = send(client().post(login).json(&form)).await.expect(200);
        Self::with_bearer(environment, text(&session, "token"))
    }

    /// Signs up a new person with a tenant of their own.
    pub async fn sign_up(environment: &Environment, tenant: &str) -> Self {
        let form = json!({
            "email": format!("{tenant}@example.com"),
            "password": "correct horse battery",
            "name": "Somebody",
            "tenant": tenant,
        });
        let signup = environment.frontend("/api/v1/signup");
        let session = send(client().post(signup).json(&form)).await.expect(201);
        Self {
            base: base(environment, tenant),
            bearer: text(&session, "token"),
        }
    }

    /// Anybody who has this JWT or token.
    pub fn with_bearer(environment: &Environment, bearer: String) -> Self {
        Self {
            base: base(environment, &environment.tenant()),
            bearer,
        }
    }

    /// The same person at another tenant.
    #[must_use]
    pub fn at(&self, environment: &Environment, tenant: &str) -> Self {
        Self {
            base: base(environment, tenant),
            bearer: self.bearer.clone(),
        }
    }

    /// What it sends as `Authorization`.
    pub fn bearer(&self) -> &str {
        &self.bearer
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// The stored points of the series of a metric, of the last hour.
    pub async fn points(&self, metric: &str) -> Result<Vec<(i64, f64)>, String> {
        let to = now_ms() + 300_000;
        let from = to - 3_600_000;
        let answer = self
            .get(&format!(
                "/query?metric={metric}&aggregate=none&from={from}&to={to}&max_points=2000"
            ))
            .await;
        if answer.status != 200 {
            return Err(format!("{answer:?}"));
        }
        let answer: contract::query::Answer =
            serde_json::from_str(&answer.text).map_err(|error| error.to_string())?;
        Ok(answer
            .series
            .into_iter()
            .flat_map(|series| series.points)
            .collect())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        client().request(method, url).bearer_auth(&self.bearer)
    }
}

impl Answer {
    /// The JSON of an answer that must have this status.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The JSON of an answer that must be a success.
    pub fn success(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The problem details that an error must carry.
    pub fn problem(&self, status: u16) -> contract::problem::Problem {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), contract::problem::CONTENT_TYPE);
        let problem: contract::problem::Problem =
            serde_json::from_str(&self.text).expect("problem details are JSON");
        assert_eq!(problem.status, status, "{problem:?}");
        problem
    }

    pub fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().expect("a header's name");
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

fn base(environment: &Environment, tenant: &str) -> String {
    environment.frontend(&format!("/api/v1/tenants/{tenant}"))
}

/// Sends a request and reads the answer to its end.
pub async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.expect("an answer")
}

/// As [`send`], for servers that may be away.
pub async fn try_send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let answer = request.send().await?;
    Ok(Answer {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        text: answer.text().await?,
    })
}

/// A GET of a page or document, without credentials.
pub async fn get(url: &str) -> Answer {
    send(client().get(url)).await
}

pub fn client() -> reqwest::Client {
    testkit::http::client()
}

/// A field that must be a string.
pub fn text(value: &Value, field: &str) -> String {
    let text = value[field].as_str();
    text.unwrap_or_else(|| panic!("there is no `{field}` in {value:#}"))
        .to_owned()
}

/// Unix milliseconds.
pub fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(now.expect("a clock after 1970").as_millis())
        .expect("a clock before the year 292 million")
}
