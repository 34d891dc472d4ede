//! Bad input: the right status, a problem that says how to mend it, and no harm done.

use std::time::Duration;

use serde_json::json;
use system_tests::Environment;
use system_tests::api::{Api, client, now_ms, send};
use system_tests::push::{Pusher, unique};
use testkit::eventually;

const READABLE: Duration = Duration::from_secs(10);
const JSON: &str = "application/json";

pub(crate) async fn a_push_that_cannot_be_taken_gets_its_status_and_its_problem(
    environment: &Environment,
) {
    let pusher = Pusher::new(environment);
    let huge = format!(
        r#"{{"samples":[{{"name":"x","value":1,"unit":"{}"}}]}}"#,
        "a".repeat(2 << 20)
    );
    let cases = [
        ("not JSON", JSON, "hello".to_owned(), 400),
        (
            "NaN is no JSON",
            JSON,
            r#"{"samples":[{"name":"x","value":NaN}]}"#.to_owned(),
            400,
        ),
        (
            "cut off",
            JSON,
            r#"{"samples":[{"name":"x""#.to_owned(),
            400,
        ),
        (
            "unknown field of a push",
            JSON,
            r#"{"samples":[{"name":"x","value":1}],"extra":1}"#.to_owned(),
            400,
        ),
        (
            "another media type",
            "text/plain",
            r#"{"samples":[{"name":"x","value":1}]}"#.to_owned(),
            415,
        ),
        ("too large", JSON, huge, 413),
        ("no sample", JSON, r#"{"samples":[]}"#.to_owned(), 422),
        (
            "unknown field of a sample",
            JSON,
            r#"{"samples":[{"name":"x","value":1,"extra":1}]}"#.to_owned(),
            422,
        ),
        (
            "not finite",
            JSON,
            r#"{"samples":[{"name":"x","value":1e999}]}"#.to_owned(),
            422,
        ),
        (
            "no value",
            JSON,
            r#"{"samples":[{"name":"x","value":null}]}"#.to_owned(),
            422,
        ),
        (
            "a name that is none",
            JSON,
            r#"{"samples":[{"name":"a b","value":1}]}"#.to_owned(),
            422,
        ),
        (
            "from the future",
            JSON,
            r#"{"samples":[{"name":"x","value":1,"timestamp_ms":9000000000000}]}"#.to_owned(),
            422,
        ),
    ];
    for (what, content_type, body, status) in cases {
        let answer = pusher.push_raw(content_type, body).await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        let problem = answer.problem(status);
        assert!(!problem.title.is_empty(), "{what}: {problem:?}");
    }
    let anonymous = client()
        .post(environment.ingress("/api/v1/metrics"))
        .json(&json!({"samples": []}));
    send(anonymous).await.problem(401);
}

pub(crate) async fn bad_samples_are_named_and_the_good_ones_beside_them_are_stored(
    environment: &Environment,
) {
    let api = Api::sign_in(environment).await;
    let metric = unique("mixed");
    let now = now_ms();
    let answer = Pusher::new(environment)
        .push(&[
            json!({"name": metric, "value": 1, "timestamp_ms": now}),
            json!({"name": "not a name", "value": 2}),
            json!({"name": metric, "value": 3, "timestamp_ms": now + 1}),
            json!({"name": metric, "value": 4, "timestamp_ms": now + 3_600_000}),
        ])
        .await
        .expect(202);
    assert_eq!(answer["accepted"], 2, "{answer:#}");
    let rejected: Vec<_> = answer["rejected"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let named: Vec<_> = rejected
        .iter()
        .map(|it| (&it["index"], &it["field"]))
        .collect();
    assert_eq!(
        named,
        [
            (&json!(1), &json!("name")),
            (&json!(3), &json!("timestamp_ms"))
        ]
    );
    eventually(READABLE, || async {
        let points = api.points(&metric).await?;
        if points == [(now, 1.0), (now + 1, 3.0)] {
            Ok(())
        } else {
            Err(format!("{points:?}"))
        }
    })
    .await;
}

pub(crate) async fn a_wrong_request_to_the_api_is_a_problem(environment: &Environment) {
    let api = Api::sign_in(environment).await;
    api.get("/nothing-here").await.problem(404);
    api.get("/monitors/not-an-id").await.problem(404);
    api.get("/query?from=1").await.problem(422);
    let monitor = json!({"name": "", "target": "ftp://x", "interval_s": 7, "regions": []});
    let problem = api.post("/monitors", &monitor).await.problem(422);
    let fields: Vec<_> = problem.errors.iter().map(|it| it.field.as_str()).collect();
    for field in ["name", "target", "interval_s", "regions"] {
        assert!(fields.contains(&field), "{field} is not named: {problem:?}");
    }
    Api::with_bearer(environment, "nobody".to_owned())
        .get("/monitors")
        .await
        .problem(401);
}
