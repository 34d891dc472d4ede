//! Pushing samples, as an outside service does.

use serde_json::{Value, json};

use crate::Environment;
use crate::api::{Answer, client, send, try_send};

/// A sender with a token.
#[derive(Debug, Clone)]
pub struct Pusher {
    url: String,
    token: String,
}

impl Pusher {
    /// With the token that `preview up` printed.
    pub fn new(environment: &Environment) -> Self {
        Self::with_token(environment, environment.token())
    }

    pub fn with_token(environment: &Environment, token: String) -> Self {
        Self {
            url: environment.ingress("/api/v1/metrics"),
            token,
        }
    }

    /// Pushes samples as they stand in the JSON.
    pub async fn push(&self, samples: &[Value]) -> Answer {
        send(self.request(&json!({ "samples": samples }))).await
    }

    /// As [`Self::push`], when ingress may be away.
    pub async fn try_push(&self, samples: &[Value]) -> reqwest::Result<Answer> {
        try_send(self.request(&json!({ "samples": samples }))).await
    }

    /// Pushes anything.
    pub async fn push_raw(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = client()
            .post(&self.url)
            .bearer_auth(&self.token)
            .header("content-type", content_type);
        send(request.body(body)).await
    }

    fn request(&self, body: &Value) -> reqwest::RequestBuilder {
        client().post(&self.url).bearer_auth(&self.token).json(body)
    }
}

/// A gauge without labels, of now.
pub fn gauge(name: &str, value: f64) -> Value {
    json!({"name": name, "value": value})
}

/// A metric's name that no other test uses.
pub fn unique(name: &str) -> String {
    format!("{name}_{}", uuid::Uuid::new_v4().simple())
}
