//! The switches of a test-bed: seen by members of the tenant `overseer`, moved by its admins, and nowhere else.

use std::time::Duration;

use contract::access;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::eventually;

use crate::world::{World, email, json_of};

const SOON: Duration = Duration::from_secs(10);

/// Lets a person who signed up run the system.
async fn admit(world: &World, person: &str) {
    let owner_url = world.database.owner_url();
    let (nats_url, password) = (world.nats.url(), world.nats.password(access::STORE));
    let email = email(person);
    let words = [
        "--nats-url",
        &nats_url,
        "--nats-password",
        &password,
        "--database-url",
        &world.database.store_url(),
        "--owner-url",
        &owner_url,
        "admit",
        "--email",
        &email,
    ];
    let admitted = store::run(testkit::args(&words), service::Context::new("store")).await;
    admitted.expect("admitted");
}

async fn send(world: &World, cookie: &str, function: &str, fields: &str) -> StatusCode {
    let request = world
        .request(Method::POST, &format!("/fn/{function}"))
        .header(COOKIE, cookie)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let sent = request.body(fields.to_owned()).send().await;
    sent.expect("an answer").status()
}

async fn ask(world: &World, cookie: &str, tenant: &str) -> (StatusCode, Value) {
    let request = world
        .request(Method::POST, "/fn/faults")
        .header(COOKIE, cookie)
        .json(&json!({"tenant": tenant}));
    let answer = request.send().await.expect("an answer");
    (answer.status(), json_of(answer).await)
}

/// Lets a person who signed up look at the system, on behalf of one who runs it.
async fn invite(world: &World, by: &str, person: &str) {
    let (by, person) = (world.log_in(by).await, world.log_in(person).await);
    let path = "/api/v1/tenants/overseer/invitations";
    let invited = world
        .post(path, Some(&by), &json!({"role": "viewer"}))
        .await;
    let secret = json!({"secret": json_of(invited).await["secret"]});
    let accept = "/api/v1/invitations/accept";
    let accepted = world.post(accept, Some(&person), &secret).await;
    assert_eq!(accepted.status(), StatusCode::OK);
}

async fn html(world: &World, cookie: &str, path: &str) -> String {
    let request = world.request(Method::GET, path).header(COOKIE, cookie);
    let page = request.header(ACCEPT, "text/html").send().await;
    page.expect("a page").text().await.expect("a body")
}

#[tokio::test]
async fn who_runs_a_test_bed_breaks_and_mends_it_from_a_page() {
    let world = World::start().await;
    for person in ["acme", "operator"] {
        world.sign_up(person).await;
    }
    admit(&world, "operator").await;
    invite(&world, "operator", "acme").await;
    let (viewer, owner) = (world.sign_in("acme").await, world.sign_in("operator").await);
    let set = "tenant=overseer&kind=store-slow&settings=ms%3D50&lasts_min=5";
    let refused = [
        (&viewer, set, 403),
        (
            &owner,
            "tenant=overseer&kind=store-slow&settings=ms%3D0&lasts_min=5",
            422,
        ),
        (
            &owner,
            "tenant=overseer&kind=store-slow&settings=&lasts_min=61",
            422,
        ),
        (
            &owner,
            "tenant=operator&kind=store-slow&settings=&lasts_min=5",
            404,
        ),
    ];
    for (cookie, fields, status) in refused {
        let said = send(&world, cookie, "set-fault", fields).await;
        assert_eq!(said, status, "{fields}");
    }
    assert_eq!(send(&world, &owner, "set-fault", set).await, 200);

    for cookie in [&viewer, &owner] {
        let on = eventually(SOON, || async {
            let on = ask(&world, cookie, "overseer").await.1;
            if on == json!([]) { Err(on) } else { Ok(on) }
        })
        .await;
        assert_eq!(
            (&on[0]["kind"], &on[0]["ms"]),
            (&"store-slow".into(), &50.into())
        );
    }
    // On all dashboards of those who run it.
    eventually(SOON, || async {
        let page = html(&world, &viewer, "/d/acme").await;
        page.contains("Broken on purpose")
    })
    .await;
    let clear = "tenant=overseer&kind=store-slow";
    assert_eq!(send(&world, &owner, "clear-fault", clear).await, 200);
    eventually(SOON, || async {
        ask(&world, &owner, "overseer").await.1 == json!([])
    })
    .await;
    world.stop().await;
}

#[tokio::test]
async fn who_runs_a_test_bed_breaks_and_mends_it_over_rest() {
    let world = World::start().await;
    for person in ["acme", "operator"] {
        world.sign_up(person).await;
    }
    admit(&world, "operator").await;
    invite(&world, "operator", "acme").await;
    let (viewer, owner) = (world.log_in("acme").await, world.log_in("operator").await);
    let in_tenant = |tenant: &str, path: &str| format!("/api/v1/tenants/{tenant}/{path}");
    let set = async |tenant: &str, kind: &str, bearer: &str, form: Value| {
        let path = in_tenant(tenant, &format!("faults/{kind}"));
        let answer = world.put(&path, bearer, &form).await;
        (answer.status(), json_of(answer).await)
    };
    let form = json!({"lasts_min": 5, "ms": 50});
    for (tenant, kind, bearer, form, status) in [
        ("overseer", "store-slow", &viewer, form.clone(), 403),
        ("operator", "store-slow", &owner, form.clone(), 404),
        ("overseer", "no-such", &owner, form.clone(), 404),
        (
            "overseer",
            "store-slow",
            &owner,
            json!({"lasts_min": 61}),
            422,
        ),
        (
            "overseer",
            "clock-skew",
            &owner,
            json!({"lasts_min": 5, "share": 0.5}),
            422,
        ),
    ] {
        let (said, problem) = set(tenant, kind, bearer, form).await;
        assert_eq!(said, status, "{kind} in {tenant}: {problem}");
    }
    let (status, on) = set("overseer", "store-slow", &owner, form).await;
    assert_eq!((status, &on[0]["ms"]), (StatusCode::OK, &json!(50)), "{on}");
    eventually(SOON, || async {
        let (_, on) = world.get(&in_tenant("overseer", "faults"), &viewer).await;
        on[0]["kind"] == "store-slow"
    })
    .await;
    let path = in_tenant("overseer", "faults/store-slow");
    let request = world.request(Method::DELETE, &path);
    let request = request.header(AUTHORIZATION, format!("Bearer {owner}"));
    let cleared = request.send().await.expect("an answer");
    assert_eq!(cleared.status(), StatusCode::NO_CONTENT);

    let (status, streams) = world.get(&in_tenant("overseer", "streams"), &viewer).await;
    assert_eq!(status, StatusCode::OK);
    assert!(streams[0]["consumers"].is_array(), "{streams}");
    let foreign = world.get(&in_tenant("operator", "streams"), &owner).await.0;
    assert_eq!(foreign, StatusCode::NOT_FOUND);
    world.stop().await;
}

#[tokio::test]
async fn links_to_the_system_itself_are_for_those_who_may_follow_them() {
    let world = World::start().await;
    for person in ["acme", "other", "operator"] {
        world.sign_up(person).await;
    }
    admit(&world, "operator").await;
    invite(&world, "operator", "acme").await;
    for (person, streams, faults) in [
        ("other", false, false),
        ("acme", true, false),
        ("operator", true, true),
    ] {
        let cookie = world.sign_in(person).await;
        let page = html(&world, &cookie, &format!("/d/{person}")).await;
        for (path, expected) in [("streams", streams), ("faults", faults)] {
            let link = format!("href=\"/d/overseer/{path}\"");
            assert_eq!(page.contains(&link), expected, "{path} for {person}");
        }
    }
    let cookie = world.sign_in("operator").await;
    let page = html(&world, &cookie, "/d/overseer/faults").await;
    assert!(page.contains("Switch on store-slow"), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn outside_a_test_bed_nothing_can_be_broken() {
    let world = World::start_with(|args| args.nats.test_bed = false).await;
    world.sign_up("operator").await;
    admit(&world, "operator").await;
    let cookie = world.sign_in("operator").await;
    let set = "tenant=overseer&kind=store-slow&settings=&lasts_min=5";
    assert_eq!(send(&world, &cookie, "set-fault", set).await, 404);
    assert_eq!(ask(&world, &cookie, "overseer").await.0, 404);
    let bearer = world.log_in("operator").await;
    let faults = "/api/v1/tenants/overseer/faults";
    assert_eq!(world.get(faults, &bearer).await.0, StatusCode::NOT_FOUND);
    let page = html(&world, &cookie, "/d/overseer").await;
    assert!(page.contains("/d/overseer/streams"), "{page}");
    assert!(!page.contains("/d/overseer/faults"), "{page}");
    world.stop().await;
}
