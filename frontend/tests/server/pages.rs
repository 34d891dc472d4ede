use reqwest::{Method, Response, StatusCode};

use crate::world::{World, monitor};

pub(crate) async fn page(world: &World, path: &str, cookie: &str) -> Response {
    let request = world.request(Method::GET, path);
    let request = request
        .header("accept", "text/html")
        .header("cookie", cookie);
    request.send().await.expect("an answer")
}

pub(crate) fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().expect("text"))
}

/// Every `<script` tag of a page.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script")
        .skip(1)
        .map(|rest| rest.split_once('>').expect("a tag").0)
}

#[tokio::test]
async fn a_status_page_says_it_all_in_its_html() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    for (name, public) in [("Public API", true), ("Secret project", false)] {
        world
            .create_monitor("acme", &token, &monitor(name, public))
            .await;
    }
    let answer = page(&world, "/t/acme", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let html = answer.text().await.expect("a body");
    assert!(html.contains("Public API"), "{html}");
    assert!(html.contains("Unknown"), "{html}");
    assert!(!html.contains("Secret project"), "{html}");
    assert!(!html.contains(".wasm"), "public pages are plain: {html}");
    assert!(html.contains("data-live=\"/t/acme/live\""), "{html}");
    for script in scripts(&html) {
        assert!(script.contains("src="), "an inline script: {script}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_not_there_has_a_page_that_says_so() {
    let world = World::start().await;
    for path in ["/t/nobody", "/no/such/page"] {
        let answer = page(&world, path, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(header(&answer, "content-type").starts_with("text/html"));
        let html = answer.text().await.expect("a body");
        assert!(html.contains("</html>"), "{path}: {html}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_page_without_its_store_says_when_to_come_back() {
    let mut world = World::start().await;
    world.sign_up("acme").await;
    world.stop_store().await;
    let answer = page(&world, "/t/acme", "").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&answer, "retry-after"), "5");
    world.stop().await;
}

#[tokio::test]
async fn a_dashboard_is_for_members_who_signed_in() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    world.sign_up("stranger").await;
    world
        .create_monitor("acme", &token, &monitor("Secret project", false))
        .await;

    let nobody = page(&world, "/d/acme", "").await;
    assert_eq!(nobody.status(), StatusCode::FOUND);
    assert_eq!(header(&nobody, "location"), "/sign-in?next=/d/acme");
    let stranger = page(&world, "/d/acme", &world.sign_in("stranger").await).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    assert!(
        !stranger
            .text()
            .await
            .expect("a body")
            .contains("Secret project")
    );
    let member = page(&world, "/d/acme", &world.sign_in("acme").await).await;
    assert_eq!(member.status(), StatusCode::OK);
    assert_eq!(header(&member, "cache-control"), "no-store");
    let html = member.text().await.expect("a body");
    assert!(html.contains("Secret project"), "{html}");
    world.stop().await;
}

#[tokio::test]
async fn no_page_runs_a_script_that_is_not_ours() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    for path in [
        "/",
        "/sign-in",
        "/sign-up",
        "/d/acme",
        "/t/acme",
        "/t/nobody",
    ] {
        let answer = page(&world, path, &cookie).await;
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(header(&answer, name), expected, "{path}");
        }
        let policy = header(&answer, "content-security-policy").to_owned();
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("script-src 'self' 'unsafe-inline'"),
            "{path}"
        );
        let nonce = policy
            .split_once("'nonce-")
            .and_then(|(_, rest)| rest.split_once('\''));
        assert_eq!(nonce.is_none(), path.starts_with("/t/"), "{path}: {policy}");
        let html = answer.text().await.expect("a body");
        for script in scripts(&html) {
            let inline = nonce.is_some_and(|(nonce, _)| script.contains(nonce));
            assert!(
                script.contains("src=\"/assets/") || inline,
                "{path}: <script{script}>"
            );
        }
        assert!(!html.contains("<style"), "{path}");
        assert!(!html.contains(" onclick="), "{path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_names_that_change() {
    let world = World::start().await;
    let html = page(&world, "/", "").await.text().await.expect("a body");
    let style = html
        .split("\"/assets/style.")
        .nth(1)
        .expect("a style sheet");
    let style = format!(
        "/assets/style.{}",
        style.split_once('"').expect("a quote").0
    );
    let answer = page(&world, &style, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(header(&answer, "cache-control").contains("immutable"));
    assert_eq!(header(&answer, "content-type"), "text/css; charset=utf-8");
    let old = page(&world, "/assets/style.0000.css", "").await;
    assert_eq!(old.status(), StatusCode::NOT_FOUND);
    world.stop().await;
}

#[tokio::test]
async fn a_session_lives_in_a_cookie_that_scripts_cannot_read() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let sign_in = |body: &'static str| {
        let request = world.request(Method::POST, "/fn/sign-in");
        let request = request
            .header("accept", "text/html")
            .header("referer", world.url("/sign-in"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send()
    };
    let wrong = sign_in("email=acme%40example.org&password=wrong")
        .await
        .expect("an answer");
    assert_eq!(wrong.status(), StatusCode::FOUND);
    assert!(header(&wrong, "location").contains("/sign-in?"));
    assert!(!wrong.headers().contains_key("set-cookie"));

    let right =
        "email=acme%40example.org&password=correct+horse+battery+staple&next=%2Fd%2Facme%2Fexplore";
    let right = sign_in(right).await.expect("an answer");
    assert_eq!(header(&right, "location"), "/d/acme/explore");
    let cookie = header(&right, "set-cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }

    let cookie = cookie.split_once(';').expect("attributes").0;
    let out = world
        .request(Method::POST, "/fn/sign-out")
        .header("accept", "text/html");
    let out = out
        .header("cookie", cookie)
        .send()
        .await
        .expect("an answer");
    assert!(header(&out, "set-cookie").contains("Max-Age=0"));
    let after = page(&world, "/d/acme", cookie).await;
    assert_eq!(after.status(), StatusCode::FOUND, "the session has ended");
    world.stop().await;
}
