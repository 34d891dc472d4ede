//! Parameters that an operation does not know are refused: a name that is spelled wrong must not mean "all of them".

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use contract::problem::FieldError;
use contract::rpc::Error;
use service::problem::ProblemResponse;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, Paths};

use crate::server::openapi::operations;

/// The parameters of each method of a path, as they are described.
#[derive(Clone)]
pub(super) struct Strict(Arc<BTreeMap<&'static str, Vec<String>>>);

impl Strict {
    pub(super) fn new(paths: &mut Paths) -> Self {
        let methods = paths.paths.values_mut().flat_map(operations);
        let known = methods.map(|(method, operation)| (method, names(operation)));
        Self(Arc::new(known.collect()))
    }

    fn judge(&self, method: &Method, sent: &[(String, String)]) -> Result<(), Error> {
        let method = if method == Method::HEAD {
            "GET"
        } else {
            method.as_str()
        };
        let known = self.0.get(method).map(Vec::as_slice).unwrap_or_default();
        let unknown = sent.iter().filter(|(name, _)| !known.contains(name));
        let errors: Vec<_> = unknown
            .take(16)
            .map(|(name, _)| FieldError::new(name, rule(known)))
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid { errors })
        }
    }
}

/// The layer that asks it.
pub(super) async fn judge(
    State(strict): State<Strict>,
    request: Request,
    next: Next,
) -> Result<Response, ProblemResponse> {
    if let Ok(Query(sent)) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()) {
        strict.judge(request.method(), &sent)?;
    }
    Ok(next.run(request).await)
}

fn names(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten();
    let queried = parameters.filter_map(|parameter| match parameter {
        RefOr::T(it) if it.parameter_in == ParameterIn::Query => Some(it.name.clone()),
        _ => None,
    });
    queried.collect()
}

fn rule(known: &[String]) -> String {
    if known.is_empty() {
        "is unknown: there are no parameters here".to_owned()
    } else {
        format!("is unknown; the parameters here are: {}", known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_is_spelled_wrong_is_named() {
        let known = BTreeMap::from([("GET", vec!["limit".to_owned(), "before".to_owned()])]);
        let strict = Strict(Arc::new(known));
        let sent = |name: &str| [(name.to_owned(), "5".to_owned())];
        assert_eq!(strict.judge(&Method::GET, &sent("limit")), Ok(()));
        assert_eq!(strict.judge(&Method::HEAD, &sent("before")), Ok(()));
        let Err(Error::Invalid { errors }) = strict.judge(&Method::GET, &sent("limt")) else {
            panic!("it was taken");
        };
        assert_eq!(errors[0].field, "limt");
        assert_eq!(
            errors[0].reason,
            "is unknown; the parameters here are: limit, before"
        );
        assert!(strict.judge(&Method::DELETE, &sent("limit")).is_err());
    }
}
