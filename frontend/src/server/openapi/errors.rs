//! The errors that operations share, each where it can occur.

use contract::problem::CONTENT_TYPE;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response};

type Error = (&'static str, &'static str);

const ANYWHERE: [Error; 2] = [
    (
        "422",
        "A parameter is unknown, or a parameter or field breaks a rule; each is named with the rule.",
    ),
    (
        "503",
        "The store is not available. Send the same again after `Retry-After` seconds.",
    ),
];
const WITH_BODY: [Error; 3] = [
    ("400", "The body is not JSON."),
    ("413", "The body is larger than 512 KiB."),
    ("415", "The body does not say that it is JSON."),
];
const BEHIND_A_GATE: [Error; 2] = [
    ("401", "No bearer token, or one that is unknown or too old."),
    (
        "403",
        "The person's role or the token's scope does not allow this.",
    ),
];
const FROM_ELSEWHERE: Error = ("403", "A browser sent this on behalf of another site.");
const NOWHERE: Error = (
    "404",
    "There is no such thing, or no such tenant for the caller.",
);

/// Describes all errors, as the problems that they are.
pub(super) fn complete(path: &str, method: &str, operation: &mut Operation) {
    let mut errors = ANYWHERE.to_vec();
    if operation.request_body.is_some() {
        errors.extend(WITH_BODY);
    }
    if operation.security.is_some() {
        errors.extend(BEHIND_A_GATE);
    } else if method != "GET" {
        errors.push(FROM_ELSEWHERE);
    }
    if path.contains('{') {
        errors.push(NOWHERE);
    }
    let responses = &mut operation.responses.responses;
    for (status, words) in errors {
        let shared = || RefOr::T(Response::new(words));
        responses.entry(status.to_owned()).or_insert_with(shared);
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            as_problem(status, response);
        }
    }
}

fn as_problem(status: &str, response: &mut Response) {
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    response
        .content
        .insert(CONTENT_TYPE.to_owned(), problem.into());
    let header = match status {
        "401" => ("WWW-Authenticate", Type::String, "`Bearer`"),
        "429" | "503" => ("Retry-After", Type::Integer, "Seconds to wait."),
        _ => return,
    };
    let (name, kind, words) = header;
    let header = HeaderBuilder::new()
        .schema(Some(Object::with_type(kind)))
        .description(Some(words));
    response
        .headers
        .insert(name.to_owned(), header.build().into());
}
