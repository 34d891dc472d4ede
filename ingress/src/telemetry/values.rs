//! Texts and attributes within their bounds.

use contract::telemetry::{
    Attributes, MAX_ATTRIBUTES, MAX_NAME_BYTES, MAX_TEXT_BYTES, Resource, Value,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource as Sent;

use crate::protocol::otlp::attributes::json_of;

/// As far as they are taken: with a name and a value, and not too many.
pub(super) fn attributes(sent: Vec<KeyValue>) -> Attributes {
    let mut attributes = Attributes::new();
    for KeyValue { key, value, .. } in sent {
        if attributes.len() == MAX_ATTRIBUTES {
            break;
        }
        if let Some(value) = value.as_ref().and_then(value_of)
            && !key.is_empty()
        {
            attributes.insert(name(key), value);
        }
    }
    attributes
}

/// What nobody named is `unknown_service`, as the specification has it.
pub(super) fn resource(sent: Option<Sent>) -> Resource {
    let mut attributes = attributes(sent.unwrap_or_default().attributes);
    let service = attributes
        .remove("service.name")
        .map(|name| name.to_string());
    let named = service.filter(|name| !name.is_empty()).map(name);
    Resource {
        service: named.unwrap_or_else(|| "unknown_service".to_owned()),
        attributes,
    }
}

pub(super) fn name(text: String) -> String {
    cut(text, MAX_NAME_BYTES)
}

pub(super) fn text(text: String) -> String {
    cut(text, MAX_TEXT_BYTES)
}

/// Text as it is; what has parts as JSON.
pub(super) fn words(value: Option<&AnyValue>) -> String {
    let value = value.and_then(value_of);
    value.map_or_else(String::new, |value| value.to_string())
}

fn value_of(sent: &AnyValue) -> Option<Value> {
    Some(match sent.value.as_ref()? {
        Any::BoolValue(value) => Value::Bool(*value),
        Any::IntValue(value) => Value::Int(*value),
        // JSON knows no other numbers, so these are words.
        Any::DoubleValue(value) if !value.is_finite() => Value::Text(value.to_string()),
        Any::DoubleValue(value) => Value::Double(*value),
        Any::StringValue(value) => Value::Text(text(value.clone())),
        Any::BytesValue(_) | Any::ArrayValue(_) | Any::KvlistValue(_) => {
            Value::Text(text(json_of(sent).to_string()))
        }
        Any::StringValueStrindex(_) => return None,
    })
}

/// Without NUL, which Postgres cannot hold, and not longer than so many bytes.
fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    if text.contains('\0') {
        text = text.replace('\0', "\u{fffd}");
        text.truncate(text.floor_char_boundary(most));
    }
    text
}
