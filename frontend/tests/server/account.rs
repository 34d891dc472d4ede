//! What people do with their own account, over REST and by forms.

use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::eventually;

use crate::forms::post;
use crate::functions::PERSONAL;
use crate::pages::{header, page};
use crate::world::{PASSWORD, World, email, json_of, monitor};

const ACCOUNT: &str = "/api/v1/account";
const MONITORS: &str = "/api/v1/tenants/acme/monitors";

async fn send(
    world: &World,
    method: Method,
    path: &str,
    bearer: &str,
    body: Value,
) -> (StatusCode, Value) {
    let request = world.request(method, path).json(&body);
    let request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    let answer = request.send().await.expect("an answer");
    (answer.status(), json_of(answer).await)
}

#[tokio::test]
async fn signing_out_everywhere_ends_sessions_and_bearer_tokens_at_once() {
    let world = World::start().await;
    let (bearer, stranger) = (world.sign_up("acme").await, world.sign_up("other").await);
    let cookie = world.sign_in("acme").await;
    assert_eq!(world.get(MONITORS, &bearer).await.0, StatusCode::OK);
    let sessions = format!("{ACCOUNT}/sessions");
    let (status, open) = world.get(&sessions, &bearer).await;
    assert_eq!(
        (status, open.as_array().map(Vec::len)),
        (StatusCode::OK, Some(1))
    );

    let (status, _) = send(&world, Method::DELETE, &sessions, &bearer, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        world.get(MONITORS, &bearer).await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        page(&world, "/d/acme", &cookie).await.status(),
        StatusCode::FOUND
    );
    let own = "/api/v1/tenants/other/monitors";
    assert_eq!(world.get(own, &stranger).await.0, StatusCode::OK);
    let again = world.log_in("acme").await;
    assert_eq!(world.get(MONITORS, &again).await.0, StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn a_password_is_changed_with_the_present_one() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let path = format!("{ACCOUNT}/password");
    let wrong = json!({"current": "not this one", "new": "another long password"});
    let (status, problem) = send(&world, Method::PUT, &path, &bearer, wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"][0]["field"], "current");
    let right = json!({"current": PASSWORD, "new": "another long password"});
    let (status, _) = send(&world, Method::PUT, &path, &bearer, right).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let login = |password: &str| json!({"email": email("acme"), "password": password});
    let old = world.post("/api/v1/login", None, &login(PASSWORD)).await;
    assert_eq!(old.status(), StatusCode::UNAUTHORIZED);
    let new = login("another long password");
    let new = world.post("/api/v1/login", None, &new).await;
    assert_eq!(new.status(), StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn a_person_founds_a_second_tenant_and_chooses_between_them() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let home = page(&world, "/", &cookie).await;
    assert_eq!(
        header(&home, "location"),
        "/d/acme",
        "there is no choice yet"
    );
    let form = json!({"slug": "beta", "name": "Beta"});
    let (status, created) = send(&world, Method::POST, "/api/v1/tenants", &bearer, form).await;
    assert_eq!(
        (status, &created["name"]),
        (StatusCode::CREATED, &json!("Beta"))
    );
    let (_, all) = world.get("/api/v1/tenants", &bearer).await;
    let slugs = all.as_array().expect("tenants").iter();
    let slugs: Vec<_> = slugs.map(|tenant| &tenant["slug"]).collect();
    assert_eq!(slugs, [&json!("acme"), &json!("beta")]);
    let home = page(&world, "/", &cookie).await.text().await;
    assert!(home.expect("a body").contains("/d/beta"));
    let dashboard = page(&world, "/d/acme", &cookie).await.text().await;
    assert!(
        dashboard.expect("a body").contains("/d/beta"),
        "the switch is there"
    );

    let path = "/api/v1/tenants/beta";
    let name = json!({"name": "Beta Inc."});
    let (status, renamed) = send(&world, Method::PATCH, path, &bearer, name).await;
    assert_eq!(
        (status, &renamed["name"]),
        (StatusCode::OK, &json!("Beta Inc."))
    );
    assert_eq!(world.get(path, &bearer).await.1["name"], "Beta Inc.");
    world.stop().await;
}

#[tokio::test]
async fn a_tenant_and_then_its_owner_go_for_good() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let admin = world.sign_up("admin").await;
    world.add_member("acme", "admin", "admin").await;
    let (_, token) = world.create_token("acme", &bearer, "manage").await;
    let created = world
        .post(MONITORS, Some(&bearer), &monitor("Door", true))
        .await;
    assert_eq!(created.status(), StatusCode::CREATED);
    assert_eq!(page(&world, "/t/acme", "").await.status(), StatusCode::OK);
    let password = json!({"password": PASSWORD});
    let leave = || send(&world, Method::DELETE, ACCOUNT, &bearer, password.clone());
    let (status, problem) = leave().await;
    assert_eq!(status, StatusCode::CONFLICT);
    let reason = problem["title"].as_str().unwrap_or_default();
    assert!(reason.contains("acme"), "{problem}");

    let path = "/api/v1/tenants/acme";
    let confirmed = format!("{path}?confirm=acme");
    for (caller, path, expected) in [
        (&admin, confirmed.as_str(), StatusCode::FORBIDDEN),
        (&token, &confirmed, StatusCode::FORBIDDEN),
        (&bearer, path, StatusCode::UNPROCESSABLE_ENTITY),
        (
            &bearer,
            &format!("{path}?confirm=other"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (&bearer, &confirmed, StatusCode::NO_CONTENT),
        (&bearer, &confirmed, StatusCode::NOT_FOUND),
        (&admin, &confirmed, StatusCode::NOT_FOUND),
    ] {
        let (status, _) = send(&world, Method::DELETE, path, caller, Value::Null).await;
        assert_eq!(status, expected, "{path}");
    }
    eventually(Duration::from_secs(20), || async {
        world.get(MONITORS, &token).await.0 == StatusCode::UNAUTHORIZED
    })
    .await;
    let shown = page(&world, "/t/acme", "").await;
    assert_eq!(shown.status(), StatusCode::NOT_FOUND);

    assert_eq!(leave().await.0, StatusCode::NO_CONTENT);
    assert_eq!(leave().await.0, StatusCode::UNAUTHORIZED);
    let login = json!({"email": email("acme"), "password": PASSWORD});
    let refused = world.post("/api/v1/login", None, &login).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    world.stop().await;
}

#[tokio::test]
async fn leaving_works_by_forms_and_keeps_passwords_out_of_addresses() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let settings = page(&world, "/d/acme/settings", &cookie).await.text().await;
    assert!(settings.expect("a body").contains("Delete this tenant"));
    let account = "/account";
    let leave = async |password: &str| {
        let form = [("password", password)];
        post(&world, &cookie, account, "/fn/delete-account", &form).await
    };
    let refused = leave("wrong horse").await;
    assert!(refused.contains("/account?"), "{refused}");
    assert!(
        refused.contains("__err") && !refused.contains("wrong"),
        "{refused}"
    );
    let settings = "/d/acme/settings";
    let close = async |confirm: &str| {
        let form = [("tenant", "acme"), ("confirm", confirm)];
        post(&world, &cookie, settings, "/fn/delete-tenant", &form).await
    };
    let refused = close("beta").await;
    assert!(refused.contains("__err"), "{refused}");
    assert_eq!(close("acme").await, "/");
    let home = page(&world, "/", &cookie).await.text().await;
    assert!(
        home.expect("a body")
            .contains("You belong to no tenant yet")
    );
    assert_eq!(leave(PASSWORD).await, "/");
    let gone = page(&world, "/account", &cookie).await;
    assert_eq!(header(&gone, "location"), "/sign-in?next=/account");
    world.stop().await;
}

#[tokio::test]
async fn who_is_not_signed_in_has_no_account() {
    let world = World::start().await;
    for (method, path) in [
        (Method::GET, ACCOUNT),
        (Method::PATCH, ACCOUNT),
        (Method::DELETE, ACCOUNT),
        (Method::PUT, "/api/v1/account/password"),
        (Method::GET, "/api/v1/account/sessions"),
        (Method::DELETE, "/api/v1/account/sessions"),
        (Method::GET, "/api/v1/tenants"),
        (Method::POST, "/api/v1/tenants"),
        (Method::POST, "/api/v1/invitations/accept"),
    ] {
        let (status, _) = send(&world, method, path, "ovs_unknown", json!({})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/account", "/tenants/new"] {
        let answer = page(&world, path, "").await;
        assert_eq!(answer.status(), StatusCode::FOUND, "{path}");
        let sign_in = format!("/sign-in?next={path}");
        assert_eq!(header(&answer, "location"), sign_in);
    }
    for function in PERSONAL {
        let request = world.request(Method::POST, &format!("/fn/{function}"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let body = "name=x&current=x&new=x&address=x&secret=x&password=x";
        let status = request.body(body).send().await.expect("an answer").status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{function}");
    }
    world.stop().await;
}

#[tokio::test]
async fn somebody_new_signs_up_by_an_invitation_without_a_tenant_of_their_own() {
    let world = World::start().await;
    let form = "email=zoe%40example.org&password=correct+horse+battery+staple&name=Zoe";
    let sign_up = |body: String| {
        let request = world.request(Method::POST, "/fn/sign-up");
        let request = request
            .header("accept", "text/html")
            .header("referer", world.url("/sign-up"))
            .header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send()
    };
    let refused = sign_up(form.to_owned()).await.expect("an answer");
    assert!(
        header(&refused, "location").contains("__err"),
        "a tenant is asked for"
    );
    let invited = sign_up(format!("{form}&next=%2Finvite%2Fovi_x")).await;
    let invited = invited.expect("an answer");
    assert_eq!(header(&invited, "location"), "/invite/ovi_x");
    let cookie = header(&invited, "set-cookie").split(';').next();
    let home = page(&world, "/", cookie.expect("a cookie"))
        .await
        .text()
        .await;
    assert!(
        home.expect("a body")
            .contains("You belong to no tenant yet")
    );
    let html = page(&world, "/account", cookie.expect("a cookie")).await;
    let html = html.text().await.expect("a body");
    assert!(
        html.contains("zoe@example.org") && html.contains("(this one)"),
        "{html}"
    );
    world.stop().await;
}

#[tokio::test]
async fn where_accounts_are_made_by_invitation_nobody_else_signs_up() {
    let mut world = World::start().await;
    let acme = world.sign_up("acme").await;
    let invitations = "/api/v1/tenants/acme/invitations";
    let invited = json!({"role": "viewer"});
    let invited = world.post(invitations, Some(&acme), &invited).await;
    let invited = json_of(invited).await;
    let secret = invited["secret"].as_str().expect("a secret");
    world.restart_store(&["--by-invitation"]).await;

    let person = |invitation: Option<&str>| json!({"email": "zoe@example.org", "password": PASSWORD, "name": "Zoe", "invitation": invitation});
    for invitation in [None, Some("ovi_x")] {
        let refused = world
            .post("/api/v1/signup", None, &person(invitation))
            .await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let problem = json_of(refused).await;
        assert!(problem.to_string().contains("by invitation"), "{problem}");
    }
    let closed = page(&world, "/sign-up", "").await.text().await;
    let closed = closed.expect("a body");
    assert!(closed.contains("made by invitation") && !closed.contains("<form"));
    let open = format!("/sign-up?next=/invite/{secret}");
    let open = page(&world, &open, "").await.text().await;
    assert!(open.expect("a body").contains("<form"));

    let request = world.request(Method::POST, "/fn/sign-up");
    let request = request
        .header("accept", "text/html")
        .header("referer", world.url("/sign-up"))
        .header("content-type", "application/x-www-form-urlencoded");
    let form = "email=zoe%40example.org&password=correct+horse+battery+staple&name=Zoe";
    let form = format!("{form}&next=/invite/{secret}");
    let welcome = request.body(form).send().await.expect("an answer");
    assert_eq!(header(&welcome, "location"), format!("/invite/{secret}"));
    assert!(header(&welcome, "set-cookie").starts_with("overseer_session="));
    world.stop().await;
}
