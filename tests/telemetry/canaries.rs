//! Secrets that pass through the services are found neither in logs nor in spans.

use std::path::Path;

use serde_json::json;
use system_tests::Environment;
use system_tests::api::{Api, client, send, text};
use system_tests::push::{Pusher, gauge, unique};
use testkit::otlp::Receiver;

/// Words that are in no code.
const PASSWORD: &str = "canary-password-7f31c2d9";
const TOKEN: &str = "ovs_canary_token_5d1e8b40";

/// Sends every kind of secret, right ones and wrong ones; returns what must not be found.
pub(crate) async fn release(environment: &Environment) -> Vec<String> {
    let url = environment.frontend("/api/v1/login");
    for email in [environment.email(), "nobody@example.com".to_owned()] {
        let form = json!({"email": email, "password": PASSWORD});
        let answer = send(client().post(&url).json(&form)).await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    let stranger = Pusher::with_token(environment, TOKEN.to_owned());
    let answer = stranger.push(&[gauge(&unique("canary"), 1.0)]).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    let api = Api::sign_in(environment).await;
    let channel = json!({"name": "canary", "kind": "webhook", "url": "http://127.0.0.1:1/"});
    let channel = api.post("/channels", &channel).await.expect(201);
    let secret = text(&channel, "secret");
    let path = format!("/channels/{}", text(&channel, "id"));
    api.post(&format!("{path}/test"), &json!({}))
        .await
        .success();
    api.delete(&path).await.success();
    let mut secrets = vec![PASSWORD.to_owned(), TOKEN.to_owned(), secret];
    secrets.extend([environment.token(), environment.password()]);
    secrets
}

/// Looks for them where they could have been written down.
pub(crate) fn are_nowhere(environment: &Environment, receiver: &Receiver, secrets: &[String]) {
    let spans = receiver.spans();
    for span in spans.iter() {
        for (name, value) in &span.attributes {
            absent(secrets, value, &format!("{} of {}", name, span.name));
        }
    }
    for log in receiver.logs() {
        absent(secrets, &format!("{log:?}"), "an exported log");
    }
    let logs = Path::new(&environment.summary().state_dir).join("logs");
    for entry in std::fs::read_dir(logs).expect("a folder of logs").flatten() {
        let text = std::fs::read(entry.path()).expect("a log");
        let text = String::from_utf8_lossy(&text);
        absent(secrets, &text, &entry.path().display().to_string());
    }
}

fn absent(secrets: &[String], text: &str, place: &str) {
    for secret in secrets {
        assert!(!text.contains(secret), "a secret is in {place}");
    }
}
