//! Who may do what over REST: every operation of the document, for everybody, in their own tenant and in another's.

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde_json::json;

use crate::document::{Operation, operations};
use crate::world::{World, json_of};

pub(crate) const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";
const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];
const SCOPES: [&str; 3] = ["read", "manage", "metrics_write"];

/// Who sends a request, and what lets them in.
struct Caller {
    name: String,
    bearer: Option<String>,
    standing: Standing,
}

enum Standing {
    /// No credentials that anybody knows.
    Nobody,
    /// A person with this role in the tenant.
    Person(Option<&'static str>),
    /// A token of the tenant with this scope.
    Token(&'static str),
}

impl Caller {
    fn new(name: impl Into<String>, bearer: Option<String>, standing: Standing) -> Self {
        let name = name.into();
        Self {
            name,
            bearer,
            standing,
        }
    }

    /// The status that a caller who is not let in is told; `None` for those who are.
    fn refused(&self, operation: &Operation, own: bool) -> Option<StatusCode> {
        let Some(least) = &operation.person else {
            return None;
        };
        let in_tenant = operation.path.contains("{tenant}");
        match self.standing {
            Standing::Nobody => Some(StatusCode::UNAUTHORIZED),
            Standing::Person(None) if in_tenant => Some(StatusCode::NOT_FOUND),
            Standing::Person(_) | Standing::Token(_) if in_tenant && !own => {
                Some(StatusCode::NOT_FOUND)
            }
            Standing::Person(Some(role)) if in_tenant && rank(role) < rank(least) => {
                Some(StatusCode::FORBIDDEN)
            }
            Standing::Person(_) => None,
            Standing::Token(scope) => {
                let needed = operation.scope.as_deref();
                let allowed = needed == Some(scope) || needed == Some("read") && scope == "manage";
                (!allowed).then_some(StatusCode::FORBIDDEN)
            }
        }
    }
}

pub(crate) fn rank(role: &str) -> usize {
    let known = ROLES.iter().position(|known| *known == role);
    known.unwrap_or_else(|| panic!("no role: {role}"))
}

async fn callers(world: &World) -> Vec<Caller> {
    let owner = world.sign_up("acme").await;
    world.sign_up("other").await;
    let stranger = world.sign_up("stranger").await;
    let mut callers = vec![
        Caller::new("nobody", None, Standing::Nobody),
        Caller::new(
            "a forged login",
            Some("ey.J.x".to_owned()),
            Standing::Nobody,
        ),
        Caller::new(
            "an unknown token",
            Some("ovs_unknown".to_owned()),
            Standing::Nobody,
        ),
        Caller::new("a stranger", Some(stranger), Standing::Person(None)),
    ];
    for role in ["viewer", "editor", "admin"] {
        let bearer = world.sign_up(role).await;
        world.add_member("acme", role, role).await;
        callers.push(Caller::new(
            role,
            Some(bearer),
            Standing::Person(Some(role)),
        ));
    }
    for scope in SCOPES {
        let (_, token) = world.create_token("acme", &owner, scope).await;
        callers.push(Caller::new(
            format!("a token to {scope}"),
            Some(token),
            Standing::Token(scope),
        ));
    }
    callers.push(Caller::new(
        "owner",
        Some(owner),
        Standing::Person(Some("owner")),
    ));
    callers
}

/// After these a caller is not what they were. What they do for those who are let in is tested by itself.
const FAREWELLS: [&str; 2] = ["sign_out_everywhere", "leave_tenant"];

#[tokio::test]
async fn every_operation_asks_who_is_there() {
    let world = World::start().await;
    let callers = callers(&world).await;
    let operations = operations(&world).await;
    for caller in &callers {
        for operation in &operations {
            for tenant in ["acme", "other"] {
                let what = format!("{} by {} in {tenant}", operation.id, caller.name);
                let refused = caller.refused(operation, tenant == "acme");
                if refused.is_none() && FAREWELLS.contains(&operation.id.as_str()) {
                    continue;
                }
                let status = send(&world, operation, tenant, caller, &what).await;
                match refused {
                    Some(refused) => assert_eq!(status, refused, "{what}"),
                    None => assert!(
                        ![401, 403].contains(&status.as_u16()) || operation.person.is_none(),
                        "{what}: {status}"
                    ),
                }
            }
        }
    }
    world.stop().await;
}

/// Sends an operation about a thing that is not there, and holds the answer against the document.
async fn send(
    world: &World,
    operation: &Operation,
    tenant: &str,
    caller: &Caller,
    what: &str,
) -> StatusCode {
    let mut request = world.request(operation.method.clone(), &operation.at(tenant, NOWHERE));
    if operation.example().is_some() {
        request = request.json(&json!({}));
    }
    if let Some(bearer) = &caller.bearer {
        request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    assert!(
        operation.describes(status.as_u16()),
        "{what}: {status} is not described"
    );
    let challenged = answer.headers().contains_key("www-authenticate");
    assert_eq!(challenged, status == StatusCode::UNAUTHORIZED, "{what}");
    if status.is_client_error() {
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{what}"
        );
        assert_eq!(json_of(answer).await["status"], status.as_u16(), "{what}");
    }
    status
}
