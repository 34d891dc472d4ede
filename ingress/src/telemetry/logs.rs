//! Log records.

use contract::telemetry::{LogRecord, Signal, SpanId, TraceId};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1 as sent;

use super::gather::{Broken, Gather};
use super::{Records, values};
use crate::protocol::otlp::size;

/// The signal of `/v1/logs`.
pub(crate) struct Logs;

impl Records for Logs {
    const SIGNAL: Signal = Signal::Logs;
    const SHAPE: &'static size::Request = &size::LOGS;
    const REJECTED: &'static str = "rejectedLogRecords";
    type Request = ExportLogsServiceRequest;

    fn gather(request: Self::Request, gather: &mut Gather) {
        for of_resource in request.resource_logs {
            gather.begin(values::resource(of_resource.resource));
            let scopes = of_resource.scope_logs.into_iter();
            for record in scopes.flat_map(|scope| scope.log_records) {
                gather.log(read(record, gather));
            }
        }
    }
}

/// The time of arrival where it has none.
fn read(record: sent::LogRecord, gather: &Gather) -> Result<LogRecord, Broken> {
    let known = [record.time_unix_nano, record.observed_time_unix_nano];
    let at_us = match known.into_iter().find(|nano| *nano > 0) {
        Some(nano) => gather.instant(nano)?,
        None => gather.now_us(),
    };
    Ok(LogRecord {
        trace_id: TraceId::from_bytes(&record.trace_id),
        span_id: SpanId::from_bytes(&record.span_id),
        at_us,
        severity: u8::try_from(record.severity_number.clamp(0, 24)).unwrap_or_default(),
        body: values::words(record.body.as_ref()),
        attributes: values::attributes(record.attributes),
    })
}
