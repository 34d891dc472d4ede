//! Who may call which server function: each of them, for everybody, in their own tenant and in another's.

use std::collections::BTreeSet;

use leptos::server_fn::axum::server_fn_paths;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::access::{NOWHERE, rank};
use crate::world::{World, monitor};

/// Server functions that anyone may call.
const OPEN: [&str; 8] = [
    "entrance",
    "session",
    "show-invitation",
    "sign-in",
    "sign-out",
    "sign-up",
    "status-page",
    "status-page-history",
];

/// Server functions of people for themselves, whatever tenants they belong to.
pub(crate) const PERSONAL: [&str; 7] = [
    "accept-invitation",
    "account",
    "change-password",
    "create-tenant",
    "delete-account",
    "rename-person",
    "sign-out-everywhere",
];

/// Every other server function: what it is called with, as JSON or as the fields of a form, and the least role that it asks for.
#[expect(clippy::too_many_lines, reason = "a table, one entry a function")]
fn functions() -> Vec<(&'static str, Value, &'static str)> {
    let one = || json!({"id": NOWHERE});
    let form = || Value::from(format!("id={NOWHERE}"));
    let spec = monitor("x", true);
    let range = json!({"metric": "cpu", "from_ms": 0, "to_ms": 1});
    let channel = json!({"name": "", "kind": "webhook", "url": ""});
    let page = json!({"slug": "x", "title": "X"});
    let rule = json!({"name": "", "kind": "no_data", "metric": "cpu", "silent_s": 60});
    let (begin, end) = ("2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z");
    let planned = json!({"name": "", "repeat": "once", "from": begin, "to": end});
    let no_data = "form[kind]=no_data&form[metric]=cpu";
    vec![
        ("overview", json!({}), "viewer"),
        ("monitor", one(), "viewer"),
        ("results", one(), "viewer"),
        ("regions", json!({}), "viewer"),
        ("metrics", json!({}), "viewer"),
        ("query", json!({"range": range}), "viewer"),
        ("incidents", json!({"limit": 5}), "viewer"),
        (
            "traces",
            json!({"search": {}, "length_ms": 1_000, "before": null}),
            "viewer",
        ),
        (
            "trace",
            json!({"id": "4bf92f3577b34da6a3ce929d0e0e4736"}),
            "viewer",
        ),
        ("services", json!({}), "viewer"),
        ("service-map", json!({"length_ms": 1_000}), "viewer"),
        ("streams", json!({}), "viewer"),
        ("faults", json!({}), "viewer"),
        (
            "set-fault",
            "kind=store-slow&settings=ms%3D50&lasts_min=5".into(),
            "admin",
        ),
        ("clear-fault", "kind=store-slow".into(), "admin"),
        ("create-monitor", json!({"spec": spec}), "editor"),
        (
            "update-monitor",
            json!({"id": NOWHERE, "spec": spec}),
            "editor",
        ),
        ("delete-monitor", one(), "editor"),
        (
            "pause-monitor",
            json!({"id": NOWHERE, "paused": true}),
            "editor",
        ),
        (
            "timings",
            json!({"id": NOWHERE, "from_ms": 0, "to_ms": 60_000}),
            "viewer",
        ),
        (
            "label-values",
            json!({"metric": "cpu", "label": "host"}),
            "viewer",
        ),
        ("rules", json!({}), "viewer"),
        ("rule", one(), "viewer"),
        ("create-rule", json!({"spec": rule}), "editor"),
        (
            "update-rule",
            json!({"id": NOWHERE, "spec": rule}),
            "editor",
        ),
        ("mute-rule", json!({"id": NOWHERE, "muted": true}), "editor"),
        ("delete-rule", one(), "editor"),
        (
            "backtest",
            json!({"spec": rule, "from": begin, "to": end}),
            "viewer",
        ),
        (
            "try-rule",
            json!({"form": {"kind": "no_data", "metric": "cpu"}}),
            "viewer",
        ),
        ("alerts", json!({"rule": null, "limit": 10}), "viewer"),
        ("maintenances", json!({}), "viewer"),
        ("maintenance", one(), "viewer"),
        ("create-maintenance", json!({"spec": planned}), "editor"),
        (
            "update-maintenance",
            json!({"id": NOWHERE, "spec": planned}),
            "editor",
        ),
        ("delete-maintenance", one(), "editor"),
        ("incident", one(), "viewer"),
        (
            "create-incident",
            json!({"spec": {"title": "", "body": ""}}),
            "editor",
        ),
        (
            "update-incident",
            json!({"id": NOWHERE, "note": {"status": "resolved", "body": ""}}),
            "editor",
        ),
        ("delete-incident", one(), "editor"),
        ("channels", json!({}), "editor"),
        ("create-channel", json!({"spec": channel}), "editor"),
        ("channel", one(), "editor"),
        (
            "update-channel",
            json!({"id": NOWHERE, "spec": channel}),
            "editor",
        ),
        ("delete-channel", one(), "editor"),
        ("deliveries", one(), "editor"),
        ("test-channel", one(), "editor"),
        (
            "mute-channel",
            json!({"id": NOWHERE, "muted": true}),
            "editor",
        ),
        ("dead-letters", json!({}), "editor"),
        ("replay-dead-letter", one(), "editor"),
        ("pages", json!({}), "viewer"),
        ("page-desk", one(), "viewer"),
        ("create-page", json!({"spec": page}), "editor"),
        // The store knows a page's collaborators, who may be viewers.
        (
            "update-page",
            json!({"id": NOWHERE, "spec": page, "revision": 1}),
            "viewer",
        ),
        ("delete-page", one(), "editor"),
        ("set-page-password", form(), "viewer"),
        ("set-page-host", form(), "viewer"),
        ("verify-page-host", form(), "viewer"),
        ("remove-page-logo", form(), "viewer"),
        (
            "set-page-collaborators",
            json!({"id": NOWHERE, "users": []}),
            "editor",
        ),
        ("tokens", json!({}), "admin"),
        ("create-token", json!({"name": "", "scopes": []}), "admin"),
        ("revoke-token", one(), "admin"),
        ("agents", json!({}), "viewer"),
        ("invite-agent", json!({"name": ""}), "admin"),
        ("remove-agent", one(), "admin"),
        (
            "save-monitor-form",
            "form[name]=x&form[target]=https://example.org&form[regions][0]=eu-central".into(),
            "editor",
        ),
        (
            "pause-monitor-form",
            format!("id={NOWHERE}&paused=true").into(),
            "editor",
        ),
        ("save-rule-form", no_data.into(), "editor"),
        (
            "mute-rule-form",
            format!("id={NOWHERE}&muted=true").into(),
            "editor",
        ),
        ("delete-rule-form", form(), "editor"),
        (
            "save-maintenance-form",
            "form[repeat]=weekly&form[weekdays][0]=Sun".into(),
            "editor",
        ),
        ("cancel-maintenance-form", form(), "editor"),
        ("create-incident-form", "form[title]=x".into(), "editor"),
        (
            "update-incident-form",
            format!("id={NOWHERE}&form[body]=x").into(),
            "editor",
        ),
        ("delete-incident-form", form(), "editor"),
        ("delete-monitor-form", form(), "editor"),
        (
            "create-channel-form",
            "form[kind]=webhook&form[url]=x".into(),
            "editor",
        ),
        (
            "update-channel-form",
            format!("id={NOWHERE}&form[kind]=webhook&form[url]=x").into(),
            "editor",
        ),
        ("delete-channel-form", form(), "editor"),
        ("test-channel-form", form(), "editor"),
        (
            "mute-channel-form",
            format!("id={NOWHERE}&muted=true").into(),
            "editor",
        ),
        ("replay-dead-letter-form", form(), "editor"),
        ("revoke-token-form", form(), "admin"),
        ("remove-agent-form", form(), "admin"),
        ("members", json!({}), "viewer"),
        (
            "change-role",
            json!({"user": NOWHERE, "role": "viewer"}),
            "admin",
        ),
        ("remove-member", json!({"user": NOWHERE}), "admin"),
        ("invitations", json!({}), "admin"),
        (
            "invite-member",
            json!({"form": {"role": "viewer"}}),
            "admin",
        ),
        ("revoke-invitation", one(), "admin"),
        ("audit", json!({}), "admin"),
        ("rename-tenant", "name=Acme".into(), "admin"),
        ("delete-tenant", "confirm=another".into(), "owner"),
        (
            "change-role-form",
            format!("user={NOWHERE}&role=viewer").into(),
            "admin",
        ),
        (
            "remove-member-form",
            format!("user={NOWHERE}").into(),
            "admin",
        ),
        ("revoke-invitation-form", form(), "admin"),
        // The last: who may do it is a member no longer.
        ("leave-tenant", json!({}), "viewer"),
        ("leave-tenant-form", "".into(), "viewer"),
    ]
}

#[test]
fn no_server_function_is_forgotten() {
    let registered = server_fn_paths().filter_map(|(path, _)| path.strip_prefix("/fn/"));
    let registered: BTreeSet<&str> = registered.collect();
    let known = functions().into_iter().map(|(name, ..)| name).chain(OPEN);
    let known = known.chain(PERSONAL);
    assert_eq!(registered, known.collect());
}

#[tokio::test]
async fn every_server_function_asks_who_is_there() {
    let world = World::start().await;
    for person in ["acme", "other", "stranger"] {
        world.sign_up(person).await;
    }
    let mut people = vec![
        ("nobody", "a=b".to_owned()),
        ("a forged session", "overseer_session=forged".to_owned()),
        ("a stranger", world.sign_in("stranger").await),
    ];
    for role in ["viewer", "editor", "admin"] {
        world.sign_up(role).await;
        world.add_member("acme", role, role).await;
        people.push((role, world.sign_in(role).await));
    }
    people.push(("owner", world.sign_in("acme").await));

    for (name, arguments, least) in functions() {
        for (person, cookie) in &people {
            for tenant in ["acme", "other"] {
                let request = world.request(Method::POST, &format!("/fn/{name}"));
                let request = with(request.header("cookie", cookie), &arguments, tenant);
                let status = request.send().await.expect("an answer").status();
                let what = format!("{name} by {person} in {tenant}: {status}");
                assert!(!status.is_server_error(), "{what}");
                match *person {
                    "nobody" | "a forged session" => assert_eq!(status, 401, "{what}"),
                    "a stranger" => assert_eq!(status, 404, "{what}"),
                    _ if tenant == "other" => assert_eq!(status, 404, "{what}"),
                    role => {
                        let refused = rank(role) < rank(least);
                        assert_eq!(status == 403, refused, "{what}");
                        assert_ne!(status, 401, "{what}");
                    }
                }
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_its_senders_mistake() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let cookie = world.sign_in("acme").await;
    for (name, fields) in [
        ("save-monitor-form", "form[name]=x"),
        ("create-channel-form", "form[kind]=pigeon"),
    ] {
        let request = world.request(Method::POST, &format!("/fn/{name}"));
        let request = with(request.header("cookie", &cookie), &fields.into(), "acme");
        let status = request.send().await.expect("an answer").status();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    world.stop().await;
}

/// The arguments of a server function, in a tenant.
fn with(request: RequestBuilder, arguments: &Value, tenant: &str) -> RequestBuilder {
    if let Some(fields) = arguments.as_str() {
        let form = "application/x-www-form-urlencoded";
        let fields = format!("tenant={tenant}&{fields}");
        return request.header(CONTENT_TYPE, form).body(fields);
    }
    let mut body = arguments.clone();
    body["tenant"] = tenant.into();
    request.json(&body)
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
