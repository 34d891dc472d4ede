//! Forms without a script: what was typed is not lost, and what is wrong is told beside its field.

use frontend::view::address::escape;
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};

use crate::pages::page;
use crate::world::{World, json_of};

/// Posts a form as a browser without a script does; returns where that sends the browser.
pub(crate) async fn post(
    world: &World,
    cookie: &str,
    page: &str,
    path: &str,
    form: &[(&str, &str)],
) -> String {
    let pairs = form
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    let request = world.request(Method::POST, path);
    let request = request
        .body(pairs.collect::<Vec<_>>().join("&"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("cookie", cookie)
        .header("referer", world.url(page));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FOUND);
    let location = answer.headers()[LOCATION].to_str().expect("text");
    location.to_owned()
}

async fn read(world: &World, cookie: &str, url: &str) -> String {
    let path = url.strip_prefix(&world.url("")).unwrap_or(url);
    let request = world.request(Method::GET, path);
    let request = request.header("accept", "text/html");
    let answer = request.header("cookie", cookie).send().await;
    answer.expect("an answer").text().await.expect("a body")
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let form = [
        ("tenant", "acme"),
        ("form[name]", "Häfen & Co"),
        ("form[kind]", "http"),
        ("form[target]", "https://example.com/health?a=b&c=d"),
        ("form[conditions]", "[STATUS] == 200\r\n[STATUS] = 200"),
        ("form[regions][0]", "eu-central"),
    ];
    let page = "/d/acme/monitors/new";
    let back = post(&world, &cookie, page, "/fn/save-monitor-form", &form).await;
    assert!(back.contains("__err="), "{back}");
    // Without the marks between the parts of a view.
    let html = read(&world, &cookie, &back).await.replace("<!>", "");
    for part in [
        "value=\"Häfen &amp; Co\"",
        "value=\"https://example.com/health?a=b&amp;c=d\"",
        "[STATUS] == 200",
        "Condition 2, character 10",
        "<b>         ^</b>",
    ] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    world.stop().await;
}

#[tokio::test]
async fn secrets_never_come_back_in_an_address() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let form = [
        ("tenant", "acme"),
        ("form[kind]", "slack"),
        ("form[name]", ""),
        ("form[secret]", "https://hooks.slack.example/canary"),
    ];
    let page = "/d/acme/channels?kind=slack";
    let back = post(&world, &cookie, page, "/fn/create-channel-form", &form).await;
    assert!(back.contains("typed="), "{back}");
    assert!(!back.contains("canary"), "{back}");
    world.stop().await;
}

#[tokio::test]
async fn a_rule_is_tried_and_saved_without_a_script() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let tried = "/d/acme/rules/new?form%5Bname%5D=Hot&form%5Bkind%5D=threshold&form%5Bmetric%5D=temperature\
        &form%5Boperator%5D=%3E&form%5Bvalue%5D=90&form%5Bwindow_s%5D=5+min";
    let html = read(&world, &cookie, tried).await;
    assert!(html.contains("There is nothing to judge it by"), "{html}");
    assert!(html.contains("value=\"temperature\""), "{html}");
    let form = [
        ("tenant", "acme"),
        ("form[name]", "Hot"),
        ("form[kind]", "threshold"),
        ("form[metric]", "temperature"),
        ("form[operator]", ">"),
        ("form[value]", "90"),
        ("form[window_s]", "2 min"),
        ("form[notify_recovery]", "on"),
    ];
    let page = "/d/acme/rules/new";
    let to = post(&world, &cookie, page, "/fn/save-rule-form", &form).await;
    assert_eq!(to, "/d/acme/rules");
    let (_, rules) = world.get("/api/v1/tenants/acme/rules", &bearer).await;
    assert_eq!(rules[0]["window_s"], 120);
    let html = read(&world, &cookie, "/d/acme/rules").await;
    assert!(
        html.contains("The average of temperature over 2 min is above 90"),
        "{html}"
    );
    world.stop().await;
}

#[tokio::test]
async fn work_is_planned_by_the_clocks_of_a_zone() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let form = [
        ("tenant", "acme"),
        ("form[name]", "Upgrade"),
        ("form[repeat]", "once"),
        ("form[from]", "2036-07-01T02:00"),
        ("form[to]", "2036-07-01T03:00"),
        ("form[time_zone]", "Europe/Berlin"),
    ];
    let page = "/d/acme/maintenance/new";
    let to = post(&world, &cookie, page, "/fn/save-maintenance-form", &form).await;
    assert_eq!(to, "/d/acme/maintenance");
    let path = "/api/v1/tenants/acme/maintenances";
    let (_, planned) = world.get(path, &bearer).await;
    assert_eq!(planned[0]["next"]["from"], "2036-07-01T00:00:00Z");
    let html = read(&world, &cookie, "/d/acme/maintenance").await;
    assert!(
        html.contains("Upgrade") && html.contains("About all monitors"),
        "{html}"
    );
    let id = planned[0]["id"].as_str().expect("an id");
    let page = format!("/d/acme/maintenance/{id}/edit");
    assert!(html.contains(&format!("href=\"{page}\"")), "{html}");
    let html = read(&world, &cookie, &page).await;
    assert!(html.contains("value=\"2036-07-01T00:00\""), "{html}");
    let form = [
        ("tenant", "acme"),
        ("id", id),
        ("form[name]", "Upgrade"),
        ("form[repeat]", "once"),
        ("form[from]", "2036-07-01T00:00"),
        ("form[to]", "2036-07-01T02:30"),
        ("form[time_zone]", "UTC"),
    ];
    let to = post(&world, &cookie, &page, "/fn/save-maintenance-form", &form).await;
    assert_eq!(to, "/d/acme/maintenance");
    let (_, planned) = world.get(path, &bearer).await;
    assert_eq!(planned[0]["next"]["from"], "2036-07-01T00:00:00Z");
    assert_eq!(planned[0]["next"]["to"], "2036-07-01T02:30:00Z");
    world.stop().await;
}

#[tokio::test]
async fn a_channel_is_changed_and_its_secret_stays_until_it_is_removed() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let form = [
        ("tenant", "acme"),
        ("form[kind]", "ntfy"),
        ("form[name]", "On call"),
        ("form[topic]", "ops"),
        ("form[secret]", "tk_canary"),
    ];
    let list = "/d/acme/channels";
    post(&world, &cookie, list, "/fn/create-channel-form", &form).await;
    let (_, channels) = world.get("/api/v1/tenants/acme/channels", &bearer).await;
    let id = channels[0]["id"].as_str().expect("an id");
    let form = [("tenant", "acme"), ("id", id), ("muted", "true")];
    post(&world, &cookie, list, "/fn/mute-channel-form", &form).await;
    let page = format!("/d/acme/channels/{id}");
    let html = read(&world, &cookie, &page).await;
    assert!(html.contains("value=\"ops\""), "{html}");
    assert!(!html.contains("canary"), "{html}");
    let form = [
        ("tenant", "acme"),
        ("id", id),
        ("form[kind]", "ntfy"),
        ("form[name]", "Nights"),
        ("form[topic]", "nights"),
        ("form[secret]", ""),
    ];
    let to = post(&world, &cookie, &page, "/fn/update-channel-form", &form).await;
    assert_eq!(to, list);
    let (_, channels) = world.get("/api/v1/tenants/acme/channels", &bearer).await;
    assert_eq!(channels[0]["name"], "Nights");
    assert_eq!(channels[0]["topic"], "nights");
    assert_eq!(channels[0]["muted"], true);
    assert_eq!(channels[0]["has_secret"], true);

    let removal = "name=\"form[forget]\"";
    assert!(read(&world, &cookie, &page).await.contains(removal));
    let ticked = [&form[..], &[("form[forget]", "on")]].concat();
    let to = post(&world, &cookie, &page, "/fn/update-channel-form", &ticked).await;
    assert_eq!(to, list);
    let (_, channels) = world.get("/api/v1/tenants/acme/channels", &bearer).await;
    assert_eq!(channels[0]["has_secret"], false);
    assert!(!read(&world, &cookie, &page).await.contains(removal));
    world.stop().await;
}

#[tokio::test]
async fn an_incident_is_told_and_resolved_by_people() {
    let world = World::start().await;
    let bearer = world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    let form = [
        ("tenant", "acme"),
        ("form[title]", "Payments are slow"),
        ("form[body]", "We look into it."),
        ("form[status]", "investigating"),
    ];
    let page = "/d/acme/incidents/new";
    let to = post(&world, &cookie, page, "/fn/create-incident-form", &form).await;
    let id = to
        .strip_prefix("/d/acme/incidents/")
        .expect("its page")
        .to_owned();
    let form = [
        ("tenant", "acme"),
        ("id", id.as_str()),
        ("form[status]", "resolved"),
        ("form[body]", "A fix is out."),
    ];
    post(&world, &cookie, &to, "/fn/update-incident-form", &form).await;
    let answer = world.request(Method::GET, &format!("/api/v1/tenants/acme/incidents/{id}"));
    let answer = answer.bearer_auth(&bearer).send().await.expect("an answer");
    assert_eq!(json_of(answer).await["status"], "resolved");
    let html = read(&world, &cookie, &to).await;
    for part in [
        "Payments are slow",
        "We look into it.",
        "A fix is out.",
        "Resolved",
    ] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_form_that_a_viewer_cannot_use_says_so() {
    let world = World::start().await;
    world.sign_up("acme").await;
    for role in ["viewer", "editor"] {
        world.sign_up(role).await;
        world.add_member("acme", role, role).await;
    }
    let (viewer, editor) = (world.sign_in("viewer").await, world.sign_in("editor").await);
    for path in [
        "monitors/new",
        "rules/new",
        "incidents/new",
        "maintenance/new",
    ] {
        let url = format!("/d/acme/{path}");
        let refused = page(&world, &url, &viewer).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        let html = refused.text().await.expect("a body");
        assert!(!html.contains("name=\"form["), "{path}: {html}");
        let open = page(&world, &url, &editor).await;
        assert_eq!(open.status(), StatusCode::OK, "{path}");
    }
    world.stop().await;
}
