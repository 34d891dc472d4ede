//! The description is true: every example in it is answered as it says.

use reqwest::Method;
use serde_json::Value;

use crate::heartbeats::{KEY, watch_a_job};
use crate::stage::{Stage, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn every_example_is_answered_as_described() {
    let stage = Stage::start().await;
    watch_a_job(&stage).await;
    let document = testkit::http::client().get(stage.ingress.url("/api/v1/openapi.json"));
    let document: Value = document
        .send()
        .await
        .expect("answered")
        .json()
        .await
        .expect("JSON");
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1")),
        "{}",
        document["openapi"]
    );
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            for (media_type, body) in bodies(operation) {
                let answer = try_example(&stage, path, method, operation, &media_type, &body).await;
                assert!(answer < 300, "{method} {path} {media_type}: {answer}");
                assert!(
                    operation["responses"][answer.to_string()].is_object(),
                    "{answer} is not described"
                );
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 11, "examples");
    stage.stop().await;
}

/// The examples of a body; none for what is binary; an empty one for what takes no body.
fn bodies(operation: &Value) -> Vec<(String, String)> {
    let Some(contents) = operation["requestBody"]["content"].as_object() else {
        return vec![("text/plain".to_owned(), String::new())];
    };
    let examples = contents
        .iter()
        .filter(|(_, content)| !content["example"].is_null());
    let text = |example: &Value| {
        example
            .as_str()
            .map_or_else(|| example.to_string(), str::to_owned)
    };
    examples
        .map(|(media_type, content)| (media_type.clone(), text(&content["example"])))
        .collect()
}

async fn try_example(
    stage: &Stage,
    path: &str,
    method: &str,
    operation: &Value,
    media_type: &str,
    body: &str,
) -> u16 {
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    for parameter in &parameters {
        let name = parameter["name"].as_str().expect("a name");
        let Some(example) = parameter["example"].as_str() else {
            continue;
        };
        match parameter["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), example),
            _ => query.push((name, example)),
        }
    }
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let token = if path.ends_with("/external") {
        KEY
    } else {
        TOKEN
    };
    let request = testkit::http::client().request(method, stage.ingress.url(&path));
    let request = request
        .query(&query)
        .bearer_auth(token)
        .header("content-type", media_type);
    request
        .body(body.to_owned())
        .send()
        .await
        .expect("answered")
        .status()
        .as_u16()
}
