//! The examples of the document, sent as they stand there.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use crate::document::{Operation, operations};
use crate::world::{World, json_of};

/// What needs more than a tenant and its own example: a code that was just made, another member, a notification that died, a
/// record in DNS, or running the system.
const NOT_BY_THEMSELVES: [&str; 19] = [
    "sign_up",
    "log_in",
    "register_agent",
    "replay_dead_letter",
    "show_invitation",
    "accept_invitation",
    "change_role",
    "remove_member",
    "leave_tenant",
    "change_password",
    "delete_account",
    "delete_tenant",
    "sign_out_everywhere",
    "verify_page_host",
    "read_trace",
    "list_streams",
    "list_faults",
    "set_fault",
    "clear_fault",
];

#[tokio::test]
async fn every_example_is_taken() {
    let world = World::start().await;
    let owner = world.sign_up("acme").await;
    let mut operations = operations(&world).await;
    operations.retain(|it| !NOT_BY_THEMSELVES.contains(&it.id.as_str()));
    // What is made first is then read and changed, and deleted in the end.
    operations.sort_by_key(|it| (order(it), it.path.clone()));
    let mut made = BTreeMap::new();
    for operation in &operations {
        let collection = operation.path.split("/{id}").next().expect("a path");
        let id = made.get(collection).map(String::as_str);
        let path = operation.at("acme", id.unwrap_or("missing"));
        let path = path + &query(operation);
        let request = world
            .request(operation.method.clone(), &path)
            .header(AUTHORIZATION, format!("Bearer {owner}"));
        let request = match operation.example() {
            Some(example) => request.json(example),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let body = json_of(answer).await;
        let what = format!("{} {path}: {status} {body}", operation.method);
        assert!(status.is_success(), "{what}");
        assert!(operation.describes(status.as_u16()), "{what}");
        if let Some(id) = body["id"].as_str() {
            made.insert(operation.path.clone(), id.to_owned());
        }
    }
    world.stop().await;
}

fn order(operation: &Operation) -> u8 {
    let one = operation.path.contains("{id}");
    match operation.method {
        Method::POST if !one => 0,
        Method::DELETE => 2,
        _ => 1,
    }
}

/// The required parameters with their examples.
fn query(operation: &Operation) -> String {
    let parameters = operation.described["parameters"].as_array();
    let required = parameters.into_iter().flatten().filter(|parameter| {
        parameter["in"] == "query" && parameter["required"] == Value::Bool(true)
    });
    let pairs: Vec<_> = required
        .map(|it| {
            let text = |field: &str| it[field].as_str().unwrap_or_default();
            format!("{}={}", text("name"), text("example"))
        })
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}
