//! Judging what was asked before anything is done about it.

use contract::problem::FieldError;
use contract::rpc;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// Every broken rule at once, each with the path of its field below `prefix`.
pub(crate) fn check(prefix: &str, form: &impl Validate) -> Result<(), rpc::Error> {
    form.validate().map_err(|broken| {
        let mut errors = Vec::new();
        collect(prefix, &broken, &mut errors);
        errors.sort_by(|a, b| a.field.cmp(&b.field));
        rpc::Error::Invalid { errors }
    })
}

/// A number of rows that may be asked for.
pub(crate) fn limit(wanted: u32) -> i64 {
    i64::from(wanted.clamp(1, 1_000))
}

fn collect(prefix: &str, broken: &ValidationErrors, into: &mut Vec<FieldError>) {
    for (name, kind) in broken.errors() {
        let path = match name.as_ref() {
            // Flattened on the wire, so it is no part of the path.
            "check" | "condition" | "selector" | "settings" | "when" => prefix.to_owned(),
            name => below(prefix, name),
        };
        match kind {
            ValidationErrorsKind::Field(rules) => into.extend(rules.iter().map(|rule| {
                // A rule that joins several fields names the one that is to blame.
                let blamed = rule.params.get("field").and_then(|field| field.as_str());
                let path = blamed.map_or(path.clone(), |field| below(prefix, field));
                FieldError::new(path, rule.to_string())
            })),
            ValidationErrorsKind::Struct(inner) => collect(&path, inner, into),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{path}[{index}]"), inner, into);
                }
            }
        }
    }
}

fn below(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::monitor::Spec;

    #[test]
    fn every_broken_field_is_named_once() {
        let spec: Spec = serde_json::from_str(
            r#"{"name":"","target":"ftp://x","interval_s":7,"regions":["a"]}"#,
        )
        .expect("readable");
        let Err(rpc::Error::Invalid { errors }) = check("spec", &spec) else {
            panic!("accepted");
        };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["spec.interval_s", "spec.name", "spec.target"]);
        assert_eq!(errors[1].reason, "between 1 and 80 characters");
    }
}
