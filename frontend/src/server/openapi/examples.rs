//! Examples of answers. Where a request has an example of a schema, answers show the same; the rest is made from the schema itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

const SCHEMAS: &str = "#/components/schemas/";

pub(super) struct Examples {
    schemas: Value,
    /// What requests say, by the name of their schema.
    said: BTreeMap<String, Value>,
}

impl Examples {
    pub(super) fn of(document: &OpenApi) -> anyhow::Result<Self> {
        let mut document = serde_json::to_value(document)?;
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.filter_map(|(_, item)| item.as_object()).flatten();
        let said = operations.filter_map(|(_, operation)| {
            let body = &operation["requestBody"]["content"]["application/json"];
            let name = body["schema"]["$ref"].as_str()?.strip_prefix(SCHEMAS)?;
            Some((name.to_owned(), body.get("example")?.clone()))
        });
        Ok(Self {
            said: said.collect(),
            schemas: document["components"]["schemas"].take(),
        })
    }

    /// Shows what is answered when all goes well.
    pub(super) fn complete(&self, operation: &mut Operation) -> anyhow::Result<()> {
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else {
                continue;
            };
            if !status.starts_with('2') {
                continue;
            }
            for content in response.content.values_mut() {
                if let RefOr::T(content) = content
                    && content.example.is_none()
                {
                    let schema = serde_json::to_value(&content.schema)?;
                    content.example = Some(self.made(&schema, "text")).filter(|it| !it.is_null());
                }
            }
        }
        Ok(())
    }

    /// One value of a schema, which stands under this name. Null where it may be anything.
    fn made(&self, schema: &Value, name: &str) -> Value {
        let stated = schema.get("example").or_else(|| schema.get("const"));
        if let Some(value) = stated.or_else(|| schema["enum"].get(0)) {
            return value.clone();
        }
        if let Some(referred) = schema["$ref"].as_str() {
            let referred = referred.strip_prefix(SCHEMAS).unwrap_or(referred);
            let said = self.said.get(referred).cloned();
            return said.unwrap_or_else(|| self.made(&self.schemas[referred], name));
        }
        if let Some(options) = schema.get("oneOf").or_else(|| schema.get("anyOf")) {
            let mut options = options.as_array().into_iter().flatten();
            let option = options.find(|option| option["type"] != "null");
            return option.map_or(Value::Null, |option| self.made(option, name));
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().filter_map(|part| {
                let Value::Object(fields) = self.made(part, name) else {
                    return None;
                };
                Some(fields)
            });
            return parts.flatten().collect::<Map<_, _>>().into();
        }
        match kind(schema) {
            "object" => self.object(schema),
            "array" => self.array(schema, name),
            "string" => text(schema, name),
            "integer" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "number" => json!(0.5),
            "boolean" => json!(true),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value) -> Value {
        let named = schema["properties"].as_object().into_iter().flatten();
        let named = named.map(|(name, schema)| (name.clone(), self.made(schema, name)));
        let others = schema.get("additionalProperties");
        let others = others.filter(|schema| schema.is_object());
        let others = others.map(|schema| ("name".to_owned(), self.made(schema, "value")));
        named.chain(others).collect::<Map<_, _>>().into()
    }

    fn array(&self, schema: &Value, name: &str) -> Value {
        if let Some(places) = schema["prefixItems"].as_array() {
            let places = places.iter().map(|schema| self.made(schema, name));
            return places.collect();
        }
        let item = self.made(&schema["items"], name);
        if item.is_null() {
            json!([])
        } else {
            json!([item])
        }
    }
}

/// What is left of a type that may be null.
fn kind(schema: &Value) -> &str {
    let types = schema["type"].as_array().into_iter().flatten();
    let mut types = types.filter_map(Value::as_str);
    let known = types.find(|it| *it != "null");
    known.or(schema["type"].as_str()).unwrap_or_default()
}

fn text(schema: &Value, name: &str) -> Value {
    let text = match schema["format"].as_str() {
        Some("date-time") => "2026-11-23T03:00:00Z",
        Some("date") => "2026-11-23",
        Some("uuid") => "01900000-0000-7000-8000-000000000000",
        Some("uri") => "https://example.com",
        _ => match name {
            // Named so wherever they stand.
            "trace" | "trace_id" => "0af7651916cd43dd8448eb211c80319c",
            "span_id" | "parent_id" => "b7ad6b7169203331",
            "email" => "ada@example.com",
            _ => name,
        },
    };
    json!(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_shows_what_a_request_says_and_what_the_schema_knows() {
        let examples = Examples {
            schemas: json!({
                "Spec": {"type": "object", "properties": {"name": {"type": "string"}}},
                "State": {"type": "string", "enum": ["up", "down"]},
                "Thing": {"allOf": [
                    {"$ref": "#/components/schemas/Spec"},
                    {"type": "object", "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "state": {"$ref": "#/components/schemas/State"},
                        "reason": {"type": ["string", "null"]},
                        "last": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/State"}]},
                        "points": {"type": "array", "items": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "number"}]}},
                    }},
                ]},
            }),
            said: BTreeMap::from([("Spec".to_owned(), json!({"name": "Shop"}))]),
        };
        let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}});
        let expected = json!([{
            "name": "Shop",
            "id": "01900000-0000-7000-8000-000000000000",
            "state": "up",
            "reason": "reason",
            "last": "up",
            "points": [[1, 0.5]],
        }]);
        assert_eq!(examples.made(&list, "text"), expected);
        assert_eq!(examples.made(&json!({}), "text"), Value::Null);
    }
}
