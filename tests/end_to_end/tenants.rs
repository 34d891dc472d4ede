//! Tenants are strangers to each other.

use std::time::Duration;
use system_tests::Environment;
use system_tests::api::Api;
use system_tests::push::{Pusher, gauge, unique};
use testkit::eventually;

const READABLE: Duration = Duration::from_secs(10);

pub(crate) async fn a_tenant_sees_nothing_of_another(environment: &Environment) {
    let owner = Api::sign_in(environment).await;
    let metric = unique("secret");
    Pusher::new(environment)
        .push(&[gauge(&metric, 1.0)])
        .await
        .expect(202);
    eventually(READABLE, || async {
        owner
            .points(&metric)
            .await
            .is_ok_and(|points| points.len() == 1)
    })
    .await;

    let tenant = unique("other").replace('_', "-");
    let stranger = Api::sign_up(environment, &tenant[..20]).await;
    assert_eq!(stranger.points(&metric).await, Ok(vec![]));
    let own = stranger.get("/monitors").await.expect(200);
    assert_eq!(own, serde_json::json!([]));
    let intruder = stranger.at(environment, &environment.tenant());
    for path in [
        "/monitors",
        "/metrics",
        "/incidents",
        "/channels",
        "/tokens",
    ] {
        let answer = intruder.get(path).await;
        assert!(matches!(answer.status, 403 | 404), "{path}: {answer:?}");
    }
}
