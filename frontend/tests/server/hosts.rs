use reqwest::StatusCode;
use serde_json::json;
use testkit::eventually;

use crate::dns::NameServer;
use crate::world::{World, json_of, monitor};

const BASE: &str = "pages.example";

async fn world(name_server: &NameServer) -> World {
    let address = name_server.address;
    World::start_with(|args| {
        args.base_domain = Some(BASE.to_owned());
        args.name_servers = vec![address];
    })
    .await
}

#[tokio::test]
async fn a_domain_shows_its_page_once_a_dns_record_says_whose_it_is() {
    let name_server = NameServer::start().await;
    let world = world(&name_server).await;
    let token = world.sign_up("acme").await;
    world
        .create_monitor("acme", &token, &monitor("Public API", true))
        .await;
    let spec = json!({"slug": "eu", "title": "Acme Europe", "visibility": "published"});
    let page = world.create_page("acme", &token, &spec).await;
    let id = page["id"].as_str().expect("an id");
    let path = |rest: &str| format!("/api/v1/tenants/acme/pages/{id}/host{rest}");
    let host = "status.acme.example";
    let claimed = world.put(&path(""), &token, &json!({"host": host})).await;
    let claimed = json_of(claimed).await;
    let (record, text) = (&claimed["host"]["record"], &claimed["host"]["text"]);
    let (record, text) = (
        record.as_str().expect("a name"),
        text.as_str().expect("a text"),
    );
    let verify = async || world.post(&path("/verify"), Some(&token), &json!({})).await;

    assert_eq!(verify().await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    name_server.add(record, "overseer-verification=somebody-elses");
    assert_eq!(verify().await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let nothing = world.visit("/", Some(host)).await;
    assert_eq!(nothing.status(), StatusCode::NOT_FOUND);
    let nothing = nothing.text().await.expect("a body");
    assert!(!nothing.contains("Acme"), "{nothing}");

    name_server.add(record, text);
    assert_eq!(verify().await.status(), StatusCode::OK);
    let html = eventually(std::time::Duration::from_secs(20), async || {
        let answer = world.visit("/", Some(host)).await;
        let status = answer.status();
        let html = answer.text().await.expect("a body");
        if status == StatusCode::OK {
            Ok(html)
        } else {
            Err(status)
        }
    })
    .await;
    assert!(
        html.contains("Acme Europe") && html.contains("Public API"),
        "{html}"
    );
    assert!(html.contains("data-live=\"/live\""), "{html}");
    assert!(html.contains("href=\"/history.rss\""), "{html}");
    let summary = world.visit("/api/v2/summary.json", Some(host)).await;
    let summary = json_of(summary).await;
    assert_eq!(summary["page"]["url"], format!("http://{host}/"));
    for elsewhere in ["/sign-in", "/d/acme", "/t/acme", "/api/v1/login"] {
        let answer = world.visit(elsewhere, Some(host)).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{elsewhere}");
    }
    world.stop().await;
}

#[tokio::test]
async fn every_tenant_has_a_host_below_the_base_domain() {
    let name_server = NameServer::start().await;
    let world = world(&name_server).await;
    let token = world.sign_up("acme").await;
    for (slug, visibility) in [("eu", "published"), ("plans", "draft")] {
        let spec = json!({"slug": slug, "title": format!("Acme {slug}"), "visibility": visibility});
        world.create_page("acme", &token, &spec).await;
    }
    let host = |label: &str| format!("{label}.{BASE}");
    for (label, path, found) in [
        ("acme", "/", "<h1"),
        ("acme", "/eu", "Acme eu"),
        ("eu--acme", "/", "Acme eu"),
        ("acme", "/history", "No incident is known"),
    ] {
        let answer = world.visit(path, Some(&host(label))).await;
        assert_eq!(answer.status(), StatusCode::OK, "{label}{path}");
        let html = answer.text().await.expect("a body");
        assert!(html.contains(found), "{label}{path}: {html}");
    }
    let html = world.visit("/", Some(&host("acme"))).await.text().await;
    let html = html.expect("a body");
    let (_, style) = html
        .split_once("rel=\"stylesheet\" href=\"")
        .expect("a style");
    let (style, _) = style.split_once('"').expect("an address");
    let style = world.visit(style, Some(&host("acme"))).await;
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    for (label, path) in [
        ("nobody", "/"),
        ("plans--acme", "/"),
        ("acme", "/plans"),
        ("a.b", "/"),
        ("acme", "/d/acme"),
    ] {
        let answer = world.visit(path, Some(&host(label))).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{label}{path}");
    }
    let own = world.visit("/sign-in", Some(BASE)).await;
    assert_eq!(own.status(), StatusCode::OK);
    world.stop().await;
}
