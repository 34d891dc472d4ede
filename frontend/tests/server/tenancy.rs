//! What a tenant really has, asked for by those to whom it does not belong or who may only look.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::document::{Operation, operations};
use crate::world::{World, json_of, monitor};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A thing of the tenant `acme`.
struct Thing {
    collection: &'static str,
    id: String,
}

impl Thing {
    fn at(&self, tenant: &str) -> String {
        let Self { collection, id } = self;
        format!("/api/v1/tenants/{tenant}/{collection}/{id}")
    }

    /// What is read, changed and deleted by the thing's own path.
    fn is_meant(&self, operation: &Operation) -> bool {
        operation.path == format!("/api/v1/tenants/{{tenant}}/{}/{{id}}", self.collection)
    }
}

async fn things(world: &World, owner: &str) -> Vec<Thing> {
    let watched = monitor("API", true);
    let mut things = vec![Thing {
        collection: "monitors",
        id: world.create_monitor("acme", owner, &watched).await,
    }];
    let made = [
        ("pages", json!({"slug": "eu", "title": "Acme Europe"})),
        (
            "rules",
            json!({"name": "Too hot", "kind": "threshold", "metric": "room_temperature", "match": [], "aggregate": "avg", "window_s": 300, "operator": ">", "value": 30.0}),
        ),
        (
            "channels",
            json!({"name": "Operations", "kind": "webhook", "url": "https://hooks.example.com/ops"}),
        ),
        (
            "incidents",
            json!({"title": "Payments are slow", "body": "We are looking into it."}),
        ),
    ];
    for (collection, body) in made {
        let path = format!("/api/v1/tenants/acme/{collection}");
        let answer = world.post(&path, Some(owner), &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{collection}");
        let id = json_of(answer).await["id"].as_str().map(str::to_owned);
        let id = id.expect("an id");
        things.push(Thing { collection, id });
    }
    things
}

/// Sends an operation with its example about this very thing.
async fn send(
    world: &World,
    operation: &Operation,
    (tenant, id): (&str, &str),
    bearer: &str,
) -> StatusCode {
    let request = world
        .request(operation.method.clone(), &operation.at(tenant, id))
        .header(AUTHORIZATION, format!("Bearer {bearer}"));
    let request = match operation.example() {
        Some(example) => request.json(example),
        None => request,
    };
    request.send().await.expect("an answer").status()
}

/// What a change of a thing would change.
async fn standing(world: &World, owner: &str, thing: &Thing) -> Vec<Value> {
    let (status, body) = world.get(&thing.at("acme"), owner).await;
    assert_eq!(status, StatusCode::OK, "{}", thing.collection);
    let told = ["id", "revision", "name", "title", "has_logo", "host"];
    told.map(|field| body[field].clone()).into()
}

#[tokio::test]
async fn what_a_tenant_has_is_not_there_in_another() {
    let world = World::start().await;
    let (acme, other) = (world.sign_up("acme").await, world.sign_up("other").await);
    let operations = operations(&world).await;
    for thing in things(&world, &acme).await {
        let before = standing(&world, &acme, &thing).await;
        let meant = operations.iter().filter(|it| thing.is_meant(it));
        let meant: Vec<_> = meant.collect();
        let methods: Vec<_> = meant.iter().map(|it| &it.method).collect();
        for method in [Method::GET, Method::DELETE] {
            assert!(methods.contains(&&method), "{}", thing.collection);
        }
        for operation in meant {
            for tenant in ["other", "acme"] {
                let status = send(&world, operation, (tenant, &thing.id), &other).await;
                assert_eq!(
                    status,
                    StatusCode::NOT_FOUND,
                    "{} in {tenant}",
                    operation.id
                );
            }
        }
        assert_eq!(standing(&world, &acme, &thing).await, before);
    }
    world.stop().await;
}

#[tokio::test]
async fn who_may_only_look_changes_no_page() {
    let world = World::start().await;
    let (acme, viewer) = (world.sign_up("acme").await, world.sign_up("viewer").await);
    world.add_member("acme", "viewer", "viewer").await;
    let (_, reader) = world.create_token("acme", &acme, "read").await;
    let body = json!({"slug": "eu", "title": "Acme Europe"});
    let page = world.create_page("acme", &acme, &body).await;
    let page = Thing {
        collection: "pages",
        id: page["id"].as_str().expect("an id").to_owned(),
    };
    let before = standing(&world, &acme, &page).await;
    let operations = operations(&world).await;
    let changes = operations.iter().filter(|it| {
        it.method != Method::GET && it.path.starts_with("/api/v1/tenants/{tenant}/pages/{id}")
    });
    for operation in changes {
        let at = ("acme", page.id.as_str());
        let by_token = send(&world, operation, at, &reader).await;
        assert_eq!(by_token, StatusCode::FORBIDDEN, "{}", operation.id);
        // Whoever may look may be told that no domain was claimed yet.
        if operation.id != "verify_page_host" {
            let by_person = send(&world, operation, at, &viewer).await;
            assert_eq!(by_person, StatusCode::FORBIDDEN, "{}", operation.id);
        }
    }
    assert_eq!(standing(&world, &acme, &page).await, before);
    world.stop().await;
}

#[tokio::test]
async fn a_logo_is_uploaded_by_those_who_may_change_the_page() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    for person in ["stranger", "other"] {
        world.sign_up(person).await;
    }
    let body = json!({"slug": "eu", "title": "Acme Europe"});
    let page = world.create_page("acme", &acme, &body).await;
    let page = Thing {
        collection: "pages",
        id: page["id"].as_str().expect("an id").to_owned(),
    };
    let mut people = vec![
        ("nobody", "a=b".to_owned(), 401, 401),
        (
            "a forged session",
            "overseer_session=forged".to_owned(),
            401,
            401,
        ),
        ("a stranger", world.sign_in("stranger").await, 404, 404),
        // The page is not there in a tenant of one's own.
        ("another's owner", world.sign_in("other").await, 404, 404),
    ];
    for (role, status) in [("viewer", 403), ("editor", 200), ("admin", 200)] {
        world.sign_up(role).await;
        world.add_member("acme", role, role).await;
        people.push((role, world.sign_in(role).await, status, 404));
    }
    people.push(("owner", world.sign_in("acme").await, 200, 404));
    for (person, cookie, own, foreign) in &people {
        for (tenant, expected) in [("other", foreign), ("acme", own)] {
            let path = format!("/d/{tenant}/pages/{}/logo", page.id);
            let request = world.request(Method::PUT, &path);
            let request = request.header("cookie", cookie);
            let sent = request.header(CONTENT_TYPE, "image/png").body(PNG).send();
            let status = sent.await.expect("an answer").status();
            assert_eq!(status, *expected, "{person} in {tenant}");
            let (_, told) = world.get(&page.at("acme"), &acme).await;
            assert_eq!(told["has_logo"], status == StatusCode::OK, "{person}");
        }
        let path = page.at("acme") + "/logo";
        let taken = world.put(&path, &acme, &json!({"logo": null})).await;
        assert_eq!(taken.status(), StatusCode::OK);
    }
    world.stop().await;
}
