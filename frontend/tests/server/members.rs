use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::lists::piece;
use crate::pages::{header, page};
use crate::world::{World, email, json_of, monitor};

const BASE: &str = "/api/v1/tenants/acme";

async fn send(
    world: &World,
    method: Method,
    path: &str,
    bearer: &str,
    body: Value,
) -> (StatusCode, Value) {
    let request = world.request(method, &format!("{BASE}/{path}")).json(&body);
    let request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    let answer = request.send().await.expect("an answer");
    (answer.status(), json_of(answer).await)
}

/// Posts a form as a browser without script does; the place it is sent to.
async fn post_form(world: &World, function: &str, cookie: &str, body: String) -> String {
    let request = world.request(Method::POST, &format!("/fn/{function}"));
    let request = request
        .header("accept", "text/html")
        .header("cookie", cookie)
        .header("referer", world.url("/d/acme/members"))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(body).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FOUND);
    header(&answer, "location").to_owned()
}

#[tokio::test]
async fn somebody_who_is_invited_comes_in_by_the_link_and_can_do_what_their_role_allows() {
    let world = World::start().await;
    let owner = world.sign_up("acme").await;
    let bob = world.sign_up("bob").await;
    let invite = json!({"email": "bob@example.org", "role": "viewer"});
    let (status, invited) = send(&world, Method::POST, "invitations", &owner, invite).await;
    assert_eq!(status, StatusCode::CREATED);
    let link = invited["link"].as_str().expect("a link");
    let path = link.strip_prefix(&world.url("")).expect("on this site");
    let secret = path.strip_prefix("/invite/").expect("a secret");

    let html = page(&world, path, "").await.text().await.expect("a body");
    assert!(html.contains("Join acme"), "{html}");
    assert!(html.contains("Ada"), "who invites is told: {html}");
    let towards = format!("/sign-up?next=/invite/{secret}");
    assert!(html.contains(&towards), "{html}");
    let cookie = world.sign_in("bob").await;
    let html = page(&world, path, &cookie).await.text().await;
    assert!(html.expect("a body").contains("Accept the invitation"));
    let landed = post_form(
        &world,
        "accept-invitation",
        &cookie,
        format!("secret={secret}"),
    )
    .await;
    assert_eq!(landed, "/d/acme");
    let used = page(&world, path, "").await;
    assert_eq!(used.status(), StatusCode::NOT_FOUND);
    assert!(
        used.text()
            .await
            .expect("a body")
            .contains("good no longer")
    );

    let create = |bearer: String| {
        let world = &world;
        async move {
            let body = monitor("x", true);
            send(world, Method::POST, "monitors", &bearer, body).await.0
        }
    };
    assert_eq!(create(bob.clone()).await, StatusCode::FORBIDDEN);
    let (_, members) = send(&world, Method::GET, "members", &bob, json!({})).await;
    let own = members.as_array().expect("members").iter();
    let own = own.clone().find(|one| one["email"] == email("bob"));
    let id = own.and_then(|own| own["user"].as_str()).expect("an id");
    let one = format!("members/{id}");
    let role = json!({"role": "editor"});
    let (status, changed) = send(&world, Method::PUT, &one, &owner, role).await;
    assert_eq!(
        (status, &changed["role"]),
        (StatusCode::OK, &json!("editor"))
    );
    assert_eq!(create(bob.clone()).await, StatusCode::CREATED);
    let (status, _) = send(&world, Method::DELETE, "members/me", &bob, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "everybody may leave");
    assert_eq!(create(bob).await, StatusCode::NOT_FOUND);
    world.stop().await;
}

#[tokio::test]
async fn what_nobody_may_do_with_members_is_said_in_words() {
    let world = World::start().await;
    let owner = world.sign_up("acme").await;
    world.sign_up("admin").await;
    world.add_member("acme", "admin", "admin").await;
    let admin = world.log_in("admin").await;
    let (_, members) = send(&world, Method::GET, "members", &owner, json!({})).await;
    let first = members[0]["user"].as_str().expect("an id");
    let one = format!("members/{first}");
    let (status, problem) = send(&world, Method::DELETE, &one, &owner, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let title = problem["title"].as_str().expect("a title");
    assert!(title.contains("needs an owner"), "{title}");
    let role = json!({"role": "viewer"});
    let (status, problem) = send(&world, Method::PUT, &one, &admin, role).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let title = problem["title"].as_str().expect("a title");
    assert!(title.contains("only an owner"), "{title}");
    let wrong = json!({"email": "nobody", "role": "viewer"});
    let (status, problem) = send(&world, Method::POST, "invitations", &admin, wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"][0]["field"], "email");
    world.stop().await;
}

#[tokio::test]
async fn members_are_managed_by_forms_without_a_script() {
    let world = World::start().await;
    world.sign_up("acme").await;
    world.sign_up("bob").await;
    world.add_member("acme", "bob", "viewer").await;
    let cookie = world.sign_in("acme").await;
    let bobs = world.sign_in("bob").await;
    let owner = world.log_in("acme").await;
    let (_, members) = send(&world, Method::GET, "members", &owner, json!({})).await;
    let bob = members[1]["user"].as_str().expect("an id").to_owned();

    let html = page(&world, "/d/acme/members", &bobs).await.text().await;
    let html = html.expect("a body");
    assert!(html.contains("acme@example.org"), "{html}");
    assert!(!html.contains("Invite somebody"), "a viewer invites nobody");
    assert!(!html.contains("Save the role"), "a viewer changes nobody");
    let html = page(&world, "/d/acme/members", &cookie).await.text().await;
    assert!(html.expect("a body").contains("Save the role"));

    let body = format!("tenant=acme&user={bob}&role=editor");
    let back = post_form(&world, "change-role-form", &cookie, body.clone()).await;
    assert!(
        back.trim_end_matches('?').ends_with("/d/acme/members"),
        "{back}"
    );
    let (_, members) = send(&world, Method::GET, "members", &owner, json!({})).await;
    assert_eq!(members[1]["role"], "editor");
    let back = post_form(&world, "change-role-form", &bobs, body).await;
    assert!(back.contains("__err"), "an editor changes nobody: {back}");
    let left = post_form(&world, "leave-tenant-form", &bobs, "tenant=acme".to_owned()).await;
    assert_eq!(left, "/");
    world.stop().await;
}

#[tokio::test]
async fn the_audit_log_tells_admins_who_did_what() {
    let world = World::start().await;
    let owner = world.sign_up("acme").await;
    world
        .create_monitor("acme", &owner, &monitor("Public API", true))
        .await;
    let path = "/api/v1/tenants/acme/audit?limit=1";
    let (page_of_one, next) = piece(&world, &owner, path).await;
    let newest = &page_of_one[0];
    assert_eq!(newest["actor"]["name"], "Ada");
    assert_eq!(newest["entity_name"], "Public API");
    let next = next.expect("there is more").replace("limit=1", "limit=9");
    let (rest, next) = piece(&world, &owner, &next).await;
    assert_eq!((rest.len(), next), (2, None));
    let next = newest["id"].as_i64().expect("an id");

    let cookie = world.sign_in("acme").await;
    let html = page(&world, "/d/acme/audit", &cookie).await.text().await;
    let html = html.expect("a body");
    assert!(html.contains("created the monitor Public API"), "{html}");
    let older = format!("/d/acme/audit?before={next}");
    let html = page(&world, &older, &cookie).await.text().await;
    let html = html.expect("a body");
    assert!(!html.contains("created the monitor"), "{html}");
    assert!(html.contains("joined as owner"), "{html}");
    world.stop().await;
}
