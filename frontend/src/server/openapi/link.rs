//! How long lists go on.

use utoipa::openapi::RefOr;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, Type};

/// Describes the `Link` of the answers of every operation that takes a cursor.
pub(super) fn complete(operation: &mut Operation) {
    let mut parameters = operation.parameters.iter().flatten();
    if !parameters.any(|parameter| matches!(parameter, RefOr::T(it) if it.name == "before")) {
        return;
    }
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(Type::String)))
            .description(Some(
                "Where the next piece is, while more may follow: `<…>; rel=\"next\"`.",
            ));
        answer
            .headers
            .insert("Link".to_owned(), header.build().into());
    }
}
