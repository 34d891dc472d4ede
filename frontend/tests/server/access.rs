//! Who may do what: every REST route and every server function, for nobody, a stranger, a viewer, an editor.

use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, json_of, monitor};

const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";

/// The least role that a route asks for.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Least {
    Viewer,
    Editor,
    Admin,
}

fn routes() -> Vec<(Method, String, Least)> {
    let one = |collection: &str| format!("{collection}/{NOWHERE}");
    vec![
        (Method::GET, "monitors".to_owned(), Least::Viewer),
        (Method::POST, "monitors".to_owned(), Least::Editor),
        (Method::GET, one("monitors"), Least::Viewer),
        (Method::PUT, one("monitors"), Least::Editor),
        (Method::DELETE, one("monitors"), Least::Editor),
        (Method::GET, one("monitors") + "/results", Least::Viewer),
        (Method::GET, one("monitors") + "/summary", Least::Viewer),
        (Method::GET, "metrics".to_owned(), Least::Viewer),
        (Method::GET, "query?metric=cpu".to_owned(), Least::Viewer),
        (Method::GET, "incidents".to_owned(), Least::Viewer),
        (Method::POST, "incidents".to_owned(), Least::Editor),
        (Method::GET, one("incidents"), Least::Viewer),
        (Method::DELETE, one("incidents"), Least::Editor),
        (Method::POST, one("incidents") + "/updates", Least::Editor),
        (Method::GET, "rules".to_owned(), Least::Viewer),
        (Method::POST, "rules".to_owned(), Least::Editor),
        (Method::POST, "rules/backtest".to_owned(), Least::Viewer),
        (Method::GET, one("rules"), Least::Viewer),
        (Method::PUT, one("rules"), Least::Editor),
        (Method::DELETE, one("rules"), Least::Editor),
        (Method::GET, "alerts".to_owned(), Least::Viewer),
        (Method::GET, "maintenances".to_owned(), Least::Viewer),
        (Method::POST, "maintenances".to_owned(), Least::Editor),
        (Method::PUT, one("maintenances"), Least::Editor),
        (Method::DELETE, one("maintenances"), Least::Editor),
        (Method::GET, "regions".to_owned(), Least::Viewer),
        (Method::GET, "channels".to_owned(), Least::Editor),
        (Method::POST, "channels".to_owned(), Least::Editor),
        (Method::GET, one("channels"), Least::Editor),
        (Method::PUT, one("channels"), Least::Editor),
        (Method::DELETE, one("channels"), Least::Editor),
        (Method::POST, one("channels") + "/test", Least::Editor),
        (Method::GET, "dead-letters".to_owned(), Least::Editor),
        (Method::POST, one("dead-letters") + "/replay", Least::Editor),
        (Method::GET, one("channels") + "/deliveries", Least::Editor),
        (Method::GET, "tokens".to_owned(), Least::Admin),
        (Method::POST, "tokens".to_owned(), Least::Admin),
        (Method::DELETE, one("tokens"), Least::Admin),
        (Method::GET, "agents".to_owned(), Least::Viewer),
        (Method::POST, "agents".to_owned(), Least::Admin),
        (Method::DELETE, one("agents"), Least::Admin),
    ]
}

#[tokio::test]
async fn every_route_asks_who_is_there() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let stranger = world.sign_up("stranger").await;
    let viewer = world.sign_up("viewer").await;
    let editor = world.sign_up("editor").await;
    world.add_member("acme", "viewer", "viewer").await;
    world.add_member("acme", "editor", "editor").await;

    for (method, route, least) in routes() {
        let judge = async |bearer: Option<&str>| status(&world, &method, &route, bearer).await;
        let what = format!("{method} {route}");
        assert_eq!(
            judge(None).await,
            StatusCode::UNAUTHORIZED,
            "nobody: {what}"
        );
        assert_eq!(
            judge(Some("ey.J.x")).await,
            StatusCode::UNAUTHORIZED,
            "a forged token: {what}"
        );
        assert_eq!(
            judge(Some("ovs_unknown")).await,
            StatusCode::UNAUTHORIZED,
            "an unknown token: {what}"
        );
        assert_eq!(
            judge(Some(&stranger)).await,
            StatusCode::NOT_FOUND,
            "a stranger: {what}"
        );
        let forbidden = judge(Some(&viewer)).await == StatusCode::FORBIDDEN;
        assert_eq!(forbidden, least > Least::Viewer, "a viewer: {what}");
        let forbidden = judge(Some(&editor)).await == StatusCode::FORBIDDEN;
        assert_eq!(forbidden, least > Least::Editor, "an editor: {what}");
    }
    world.stop().await;
}

async fn status(world: &World, method: &Method, route: &str, bearer: Option<&str>) -> StatusCode {
    let path = format!("/api/v1/tenants/acme/{route}");
    let mut request = world.request(method.clone(), &path).json(&json!({}));
    if let Some(bearer) = bearer {
        request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    }
    let answer = request.send().await.expect("an answer");
    let (status, challenged) = (
        answer.status(),
        answer.headers().contains_key("www-authenticate"),
    );
    assert_eq!(challenged, status == StatusCode::UNAUTHORIZED);
    if status.is_client_error() {
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(json_of(answer).await["status"], status.as_u16());
    }
    status
}

fn functions() -> Vec<(&'static str, Value, Least)> {
    let nowhere = || json!({"tenant": "acme", "id": NOWHERE});
    let spec = monitor("x", true);
    let range = json!({"metric": "cpu", "from_ms": 0, "to_ms": 1});
    let channel = json!({"name": "", "kind": "webhook", "url": ""});
    vec![
        ("overview", json!({"tenant": "acme"}), Least::Viewer),
        ("monitor", nowhere(), Least::Viewer),
        ("results", nowhere(), Least::Viewer),
        ("regions", json!({"tenant": "acme"}), Least::Viewer),
        ("metrics", json!({"tenant": "acme"}), Least::Viewer),
        (
            "query",
            json!({"tenant": "acme", "range": range}),
            Least::Viewer,
        ),
        (
            "incidents",
            json!({"tenant": "acme", "limit": 5}),
            Least::Viewer,
        ),
        (
            "create-monitor",
            json!({"tenant": "acme", "spec": spec}),
            Least::Editor,
        ),
        (
            "update-monitor",
            json!({"tenant": "acme", "id": NOWHERE, "spec": spec}),
            Least::Editor,
        ),
        ("delete-monitor", nowhere(), Least::Editor),
        ("channels", json!({"tenant": "acme"}), Least::Editor),
        (
            "create-channel",
            json!({"tenant": "acme", "spec": channel}),
            Least::Editor,
        ),
        ("delete-channel", nowhere(), Least::Editor),
        ("deliveries", nowhere(), Least::Editor),
        ("test-channel", nowhere(), Least::Editor),
        (
            "mute-channel",
            json!({"tenant": "acme", "id": NOWHERE, "muted": true}),
            Least::Editor,
        ),
        ("dead-letters", json!({"tenant": "acme"}), Least::Editor),
        ("replay-dead-letter", nowhere(), Least::Editor),
        ("tokens", json!({"tenant": "acme"}), Least::Admin),
        (
            "create-token",
            json!({"tenant": "acme", "name": "", "scopes": []}),
            Least::Admin,
        ),
        ("revoke-token", nowhere(), Least::Admin),
        ("agents", json!({"tenant": "acme"}), Least::Viewer),
        (
            "invite-agent",
            json!({"tenant": "acme", "name": ""}),
            Least::Admin,
        ),
        ("remove-agent", nowhere(), Least::Admin),
    ]
}

#[tokio::test]
async fn every_server_function_asks_who_is_there() {
    let world = World::start().await;
    for person in ["acme", "stranger", "viewer", "editor"] {
        world.sign_up(person).await;
    }
    world.add_member("acme", "viewer", "viewer").await;
    world.add_member("acme", "editor", "editor").await;
    let stranger = world.sign_in("stranger").await;
    let viewer = world.sign_in("viewer").await;
    let editor = world.sign_in("editor").await;

    for (name, body, least) in functions() {
        let judge = async |cookie: &str| {
            let request = world.request(Method::POST, &format!("/fn/{name}"));
            let request = request.header("cookie", cookie).json(&body);
            request.send().await.expect("an answer").status()
        };
        assert_eq!(
            judge("a=b").await,
            StatusCode::UNAUTHORIZED,
            "nobody: {name}"
        );
        let forged = "overseer_session=forged";
        assert_eq!(
            judge(forged).await,
            StatusCode::UNAUTHORIZED,
            "a forged session: {name}"
        );
        assert_eq!(
            judge(&stranger).await,
            StatusCode::NOT_FOUND,
            "a stranger: {name}"
        );
        let forbidden = judge(&viewer).await == StatusCode::FORBIDDEN;
        assert_eq!(forbidden, least > Least::Viewer, "a viewer: {name}");
        let forbidden = judge(&editor).await == StatusCode::FORBIDDEN;
        assert_eq!(forbidden, least > Least::Editor, "an editor: {name}");
    }
    world.stop().await;
}

#[tokio::test]
async fn another_site_cannot_act_with_a_persons_cookie() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let body = json!({"tenant": "acme", "spec": monitor("x", true)});
    let create = |header: &'static str, value: &'static str| {
        let request = world.request(Method::POST, "/fn/create-monitor");
        let request = request.header("cookie", &cookie).header(header, value);
        request.json(&body).send()
    };
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let answer = create(header, value).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{header}: {value}");
    }
    let own = create("sec-fetch-site", "same-origin")
        .await
        .expect("an answer");
    assert_eq!(own.status(), StatusCode::OK);
    world.stop().await;
}
