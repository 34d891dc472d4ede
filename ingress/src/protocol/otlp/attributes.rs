//! Attributes as labels.

use std::borrow::Cow;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use serde_json::json;

use crate::protocol::valid_name;

/// Labels, mostly as they came.
pub(super) type Labels<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// An attribute without a value is no label.
pub(super) fn labels(attributes: &[KeyValue]) -> Labels<'_> {
    let labels = attributes.iter().filter_map(|attribute| {
        let value = text(attribute.value.as_ref()?)?;
        Some((valid_name(&attribute.key), value))
    });
    labels.collect()
}

/// What identifies a resource, as Prometheus does: `job` and `instance`. What else is known of it is no part of its series.
#[derive(Default)]
pub(super) struct Resource<'a> {
    pub(super) identity: Labels<'a>,
    pub(super) others: Labels<'a>,
}

impl<'a> Resource<'a> {
    pub(super) fn of(attributes: &'a [KeyValue]) -> Self {
        let mut resource = Self::default();
        let (mut service, mut namespace, mut instance) = (None, None, None);
        for (name, value) in labels(attributes) {
            match name.as_ref() {
                "service.name" => service = Some(value),
                "service.namespace" => namespace = Some(value),
                "service.instance.id" => instance = Some(value),
                _ => resource.others.push((name, value)),
            }
        }
        let job = match (namespace, service) {
            (Some(namespace), Some(service)) => Some(format!("{namespace}/{service}").into()),
            (_, service) => service,
        };
        let named = [("job", job), ("instance", instance)];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name.into(), value?)));
        resource.identity.extend(named);
        resource
    }
}

fn text(value: &AnyValue) -> Option<Cow<'_, str>> {
    Some(match value.value.as_ref()? {
        Value::StringValue(text) => Cow::Borrowed(text),
        Value::BoolValue(yes) => yes.to_string().into(),
        Value::IntValue(number) => number.to_string().into(),
        Value::DoubleValue(number) => number.to_string().into(),
        Value::BytesValue(_) | Value::ArrayValue(_) | Value::KvlistValue(_) => {
            json_of(value).to_string().into()
        }
        // For profiles only.
        Value::StringValueStrindex(_) => return None,
    })
}

/// What has parts is written as JSON, bytes in base64 as in OTLP itself.
pub(crate) fn json_of(value: &AnyValue) -> serde_json::Value {
    use base64::Engine as _;
    match &value.value {
        Some(Value::StringValue(text)) => json!(text),
        Some(Value::BoolValue(yes)) => json!(yes),
        Some(Value::IntValue(number)) => json!(number),
        Some(Value::DoubleValue(number)) => json!(number),
        Some(Value::BytesValue(bytes)) => {
            json!(base64::engine::general_purpose::STANDARD.encode(bytes))
        }
        Some(Value::ArrayValue(array)) => array.values.iter().map(json_of).collect(),
        Some(Value::KvlistValue(list)) => list
            .values
            .iter()
            .map(|entry| {
                let value = entry.value.as_ref().map_or(json!(null), json_of);
                (entry.key.clone(), value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Some(Value::StringValueStrindex(_)) | None => json!(null),
    }
}
