//! Parameters of paths, which mean the same everywhere.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

/// Describes every parameter of the path that the operation does not describe itself.
pub(super) fn complete(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    for name in names(path) {
        let described = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(it) if it.name == name && it.parameter_in == ParameterIn::Path);
        if parameters.iter().any(described) {
            continue;
        }
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True);
        let parameter = match name {
            "tenant" => parameter
                .description(Some("The tenant's name in URLs."))
                .schema(Some(slug())),
            _ => parameter.schema(Some(uuid())),
        };
        parameters.push(RefOr::T(parameter.build()));
    }
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn slug() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"))
        .max_length(Some(63))
        .build()
}

fn uuid() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .build()
}
