//! The document that the server gives of itself, read as a client would.

use reqwest::Method;
use serde_json::Value;

use crate::world::{World, json_of};

/// One operation as it is described.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    /// With its parameters in braces.
    pub(crate) path: String,
    /// What a person must be: absent where anyone is let in.
    pub(crate) person: Option<String>,
    /// What a token must be allowed to; absent where no token is let in.
    pub(crate) scope: Option<String>,
    pub(crate) described: Value,
}

impl Operation {
    /// The body of a request that is taken.
    pub(crate) fn example(&self) -> Option<&Value> {
        let body = &self.described["requestBody"];
        (!body.is_null()).then(|| &body["content"]["application/json"]["example"])
    }

    pub(crate) fn describes(&self, status: u16) -> bool {
        self.described["responses"][status.to_string()].is_object()
    }

    /// The path in a tenant, of a thing.
    pub(crate) fn at(&self, tenant: &str, id: &str) -> String {
        self.path.replace("{tenant}", tenant).replace("{id}", id)
    }
}

pub(crate) async fn operations(world: &World) -> Vec<Operation> {
    let document = world.request(Method::GET, "/api/v1/openapi.json");
    let document = json_of(document.send().await.expect("an answer")).await;
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, described) in item.as_object().expect("operations") {
            let needed = |scheme: &str| {
                let options = described["security"].as_array()?;
                let option = options.iter().find_map(|option| option.get(scheme))?;
                Some(option[0].as_str().unwrap_or_default().to_owned())
            };
            operations.push(Operation {
                id: described["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                person: needed("person"),
                scope: needed("token"),
                described: described.clone(),
            });
        }
    }
    operations
}

#[tokio::test]
async fn every_operation_is_described_for_people_and_programs() {
    let world = World::start().await;
    let operations = operations(&world).await;
    assert!(operations.len() > 40, "{}", operations.len());
    let mut ids: Vec<_> = operations.iter().map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "give each its own operation_id: {ids:?}");
    for operation in &operations {
        let Operation { id, described, .. } = operation;
        assert!(described["summary"].is_string(), "{id} has no doc comment");
        assert!(described["tags"][0].is_string(), "{id} has no tag");
        if let Some(example) = operation.example() {
            assert!(!example.is_null(), "{id} has a body without an example");
        }
        for (status, answer) in described["responses"].as_object().expect("answers") {
            let words = answer["description"].as_str();
            assert!(
                words.is_some_and(|words| !words.is_empty()),
                "{id}: {status}"
            );
            for content in answer["content"]
                .as_object()
                .into_iter()
                .flat_map(|it| it.values())
            {
                let schema = &content["schema"];
                let shaped = schema.as_object().is_some_and(|shape| !shape.is_empty());
                assert!(shaped || id == "read_document", "{id}: {status}");
                let shown = !content["example"].is_null() || !status.starts_with('2');
                assert!(
                    shown || id == "read_document",
                    "{id} has an answer without an example"
                );
            }
            let problem = answer["content"]["application/problem+json"].is_object();
            assert_eq!(problem, status.starts_with(['4', '5']), "{id}: {status}");
        }
        for parameter in described["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["schema"].is_object(), "{id}: {parameter}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn what_an_operation_does_not_know_is_refused_by_name() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let path = "/api/v1/tenants/acme/incidents?limt=5";
    let (status, problem) = world.get(path, &acme).await;
    assert_eq!(status, 422, "{problem}");
    assert_eq!(problem["errors"][0]["field"], "limt");
    world.stop().await;
}
