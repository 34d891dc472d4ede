//! What is not for everybody is on no surface: HTML, history, documents, feeds, badges, the logo, live events.

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, monitor};

const SECRET: &str = "Secret project";
const PASSWORD: &str = "open sesame";
/// Below a page's path.
const SURFACES: [&str; 14] = [
    "",
    "/history",
    "/history.rss",
    "/history.atom",
    "/api/v2/summary.json",
    "/api/v2/status.json",
    "/api/v2/components.json",
    "/api/v2/incidents.json",
    "/api/v2/incidents/unresolved.json",
    "/api/v2/scheduled-maintenances.json",
    "/api/v1/endpoints/_secret-project/health/badge.svg",
    "/api/v1/endpoints/_secret-project/health/badge.shields",
    "/api/v1/endpoints/_secret-project/response-times/24h/chart.svg",
    "/logo",
];

struct Stage {
    world: World,
    token: String,
    monitor: String,
}

impl Stage {
    /// A tenant with a monitor that is on no page but those that a test makes, and an incident of it.
    async fn set() -> Self {
        let world = World::start().await;
        let token = world.sign_up("acme").await;
        let monitor = world
            .create_monitor("acme", &token, &monitor(SECRET, false))
            .await;
        let told =
            json!({"title": format!("{SECRET} is slow"), "body": "We look.", "monitor": monitor});
        let path = "/api/v1/tenants/acme/incidents";
        let answer = world.post(path, Some(&token), &told).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        Self {
            world,
            token,
            monitor,
        }
    }

    async fn page(&self, slug: &str, visibility: &str) -> String {
        let spec = json!({
            "slug": slug, "title": "Plans", "visibility": visibility,
            "components": [{"monitor": self.monitor}],
        });
        let page = self.world.create_page("acme", &self.token, &spec).await;
        page["id"].as_str().expect("an id").to_owned()
    }

    async fn get(&self, path: &str, cookie: &str) -> Response {
        let request = self.world.request(Method::GET, path);
        let request = request
            .header("accept", "text/html, */*")
            .header(COOKIE, cookie);
        request.send().await.expect("an answer")
    }

    /// Whether anything of the secret stands on this surface.
    async fn tells(&self, page: &str, surface: &str, cookie: &str) -> bool {
        let answer = self.get(&format!("/t/{page}{surface}"), cookie).await;
        let text = answer.text().await.expect("a body");
        text.contains(SECRET) || text.contains(&self.monitor)
    }
}

#[tokio::test]
async fn a_draft_and_what_is_on_no_page_are_told_nowhere() {
    let stage = Stage::set().await;
    stage.page("plans", "draft").await;
    let stranger = stage.world.sign_up("umbrella").await;
    let stranger_cookie = stage.world.sign_in("umbrella").await;
    let member = stage.world.sign_in("acme").await;
    for page in ["acme", "acme/plans", "umbrella"] {
        for surface in SURFACES {
            for cookie in ["", stranger_cookie.as_str(), member.as_str()] {
                assert!(
                    !stage.tells(page, surface, cookie).await,
                    "/t/{page}{surface}"
                );
            }
        }
    }
    for surface in [
        "",
        "/live",
        "/api/v2/summary.json",
        "/history.rss",
        "/history",
    ] {
        let answer = stage.get(&format!("/t/acme/plans{surface}"), "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{surface}");
    }
    let pages = stage
        .world
        .get("/api/v1/tenants/acme/pages", &stranger)
        .await;
    assert_eq!(pages.0, StatusCode::NOT_FOUND);
    let preview = stage.get("/t/acme/plans?preview", &member).await;
    assert_eq!(preview.headers()["cache-control"], "private, no-store");
    let preview = preview.text().await.expect("a body");
    assert!(
        preview.contains(SECRET) && preview.contains("A preview"),
        "{preview}"
    );
    for cookie in ["", stranger_cookie.as_str()] {
        let preview = stage.get("/t/acme/plans?preview", cookie).await;
        assert_ne!(preview.status(), StatusCode::OK);
        assert!(!preview.text().await.expect("a body").contains(SECRET));
    }
    stage.world.stop().await;
}

#[tokio::test]
async fn an_unlisted_page_is_for_those_who_know_its_address() {
    let stage = Stage::set().await;
    stage.page("plans", "unlisted").await;
    let answer = stage.get("/t/acme/plans", "").await;
    let html = answer.text().await.expect("a body");
    assert!(
        html.contains(SECRET) && html.contains("content=\"noindex\""),
        "{html}"
    );
    let badge = "/t/acme/plans/api/v1/endpoints/_secret-project/health/badge.svg";
    let badge = stage.get(badge, "").await.text().await.expect("a body");
    assert!(badge.contains("health: n/a"), "{badge}");
    let published = stage.get("/t/acme", "").await.text().await.expect("a body");
    assert!(
        !published.contains("noindex") && !published.contains("plans"),
        "{published}"
    );
    stage.world.stop().await;
}

#[tokio::test]
async fn a_locked_page_opens_for_its_password_alone() {
    let stage = Stage::set().await;
    let id = stage.page("plans", "published").await;
    let lock = async |password: Value| {
        let path = format!("/api/v1/tenants/acme/pages/{id}/password");
        let answer = stage
            .world
            .put(&path, &stage.token, &json!({"password": password}))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
    };
    lock(json!(PASSWORD)).await;
    for surface in SURFACES {
        assert!(!stage.tells("acme/plans", surface, "").await, "{surface}");
    }
    let door = stage.get("/t/acme/plans", "").await;
    assert_eq!(door.headers()["cache-control"], "private, no-store");
    assert!(
        door.text()
            .await
            .expect("a body")
            .contains("type=\"password\"")
    );
    for (surface, status) in [
        ("/live", StatusCode::FORBIDDEN),
        ("/api/v2/summary.json", StatusCode::UNAUTHORIZED),
        ("/history.rss", StatusCode::UNAUTHORIZED),
    ] {
        let answer = stage.get(&format!("/t/acme/plans{surface}"), "").await;
        assert_eq!(answer.status(), status, "{surface}");
    }
    let enter = async |password: &str| {
        let request = stage.world.request(Method::POST, "/t/acme/plans/unlock");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("password={}", password.replace(' ', "+"));
        request.body(body).send().await.expect("an answer")
    };
    let wrong = enter("not it").await;
    assert_eq!(wrong.headers()[LOCATION], "/t/acme/plans?door=wrong");
    assert!(!wrong.headers().contains_key(SET_COOKIE));
    let right = enter(PASSWORD).await;
    assert_eq!(
        (right.status(), &right.headers()[LOCATION]),
        (
            StatusCode::SEE_OTHER,
            &"/t/acme/plans".parse().expect("a header")
        )
    );
    let cookie = right.headers()[SET_COOKIE]
        .to_str()
        .expect("text")
        .to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/t/acme/plans"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split_once(';').expect("attributes").0;
    for surface in ["", "/history", "/history.rss", "/api/v2/summary.json"] {
        assert!(
            stage.tells("acme/plans", surface, cookie).await,
            "{surface}"
        );
        let answer = stage.get(&format!("/t/acme/plans{surface}"), cookie).await;
        assert_eq!(
            answer.headers()["cache-control"],
            "private, no-store",
            "{surface}"
        );
    }
    let badge = SURFACES[12];
    assert!(!stage.tells("acme/plans", badge, cookie).await);
    lock(json!("another password")).await;
    assert!(
        !stage.tells("acme/plans", "", cookie).await,
        "an old password opened the page"
    );
    stage.world.stop().await;
}
