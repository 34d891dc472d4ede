use contract::access::INGRESS;
use serde_json::json;
use system_tests::Environment;
use system_tests::environment::Plan;

#[tokio::test]
async fn nothing_of_one_environment_opens_a_door_of_another() {
    let one = Environment::up(Plan::default()).await;
    let other = Environment::up(Plan::default()).await;
    for (from, to) in [(&one, &other), (&other, &one)] {
        the_token_is_refused(from, to).await;
        the_session_is_refused(from, to).await;
        the_user_of_nats_is_refused(from, to).await;
        the_owner_of_the_database_is_refused(from, to).await;
    }
    one.take_down().await;
    // Whoever is left does not notice.
    assert_eq!(push(&other, &other.token()).await, 202);
    other.take_down().await;
}

async fn the_token_is_refused(from: &Environment, to: &Environment) {
    assert_eq!(push(from, &from.token()).await, 202);
    assert_eq!(push(to, &from.token()).await, 401);
}

async fn the_session_is_refused(from: &Environment, to: &Environment) {
    let form = json!({"email": from.email(), "password": from.password()});
    let http = testkit::http::client();
    let login = http.post(from.frontend("/api/v1/login")).json(&form).send();
    let login: serde_json::Value = login.await.expect("answers").json().await.expect("JSON");
    let token = login["token"].as_str().expect("a token");
    let path = format!("/api/v1/tenants/{}/monitors", from.tenant());
    let status = async |whose: &Environment| {
        let request = http.get(whose.frontend(&path)).bearer_auth(token);
        request.send().await.expect("answers").status().as_u16()
    };
    assert_eq!(status(from).await, 200);
    assert_eq!(status(to).await, 401);
}

async fn the_user_of_nats_is_refused(from: &Environment, to: &Environment) {
    let password = from.nats_password(INGRESS);
    let own = testkit::nats::say(&from.nats_url(), INGRESS, &password, "").await;
    assert!(!own.contains("-ERR"), "{own}");
    let said = testkit::nats::say(&to.nats_url(), INGRESS, &password, "").await;
    assert!(said.contains("Authorization Violation"), "{said}");
}

async fn the_owner_of_the_database_is_refused(from: &Environment, to: &Environment) {
    let url = |whose: &Environment| whose.summary().database_url.clone().expect("a database");
    let (own, others) = (url(from), url(to));
    let (credentials, _) = own.split_once('@').expect("credentials");
    let (_, place) = others.split_once('@').expect("a place");
    sqlx::PgPool::connect(&own).await.expect("its own database");
    let refused = sqlx::PgPool::connect(&format!("{credentials}@{place}")).await;
    let reason = refused.expect_err("another's database").to_string();
    assert!(
        reason.contains("password authentication failed"),
        "{reason}"
    );
}

async fn push(to: &Environment, token: &str) -> u16 {
    let body = json!({"samples": [{"name": "crossing", "value": 1}]});
    let request = testkit::http::client().post(to.ingress("/api/v1/metrics"));
    let answer = request.bearer_auth(token).json(&body).send().await;
    answer.expect("answers").status().as_u16()
}
