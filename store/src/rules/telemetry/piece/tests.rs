use contract::telemetry::{Kind, Link, Resource, SpanId, Status};
use uuid::Uuid;

use super::*;

pub(crate) const START_US: i64 = 1_763_650_000_000_000;

pub(crate) fn trace(n: u64) -> TraceId {
    TraceId::from_bytes(&(u128::from(n) << 64 | u128::from(n)).to_be_bytes()).expect("not zero")
}

pub(crate) fn id(n: u64) -> SpanId {
    SpanId::from_bytes(&(n + 1).to_be_bytes()).expect("not zero")
}

/// The nth span of a trace, a child of the one before it.
pub(crate) fn span(of: u64, n: u64, name: &str) -> Span {
    Span {
        trace_id: trace(of),
        span_id: id(n),
        parent_id: n.checked_sub(1).map(id),
        name: name.to_owned(),
        kind: Kind::Internal,
        start_us: START_US + i64::try_from(n).expect("small") * 1_000,
        duration_us: 10_000,
        status: Status::Unset,
        status_message: String::new(),
        attributes: [("messaging.system".to_owned(), "nats".into())].into(),
        events: Vec::new(),
        links: Vec::new(),
    }
}

pub(crate) fn group(service: &str, spans: Vec<Span>) -> Group {
    Group {
        resource: Resource {
            service: service.to_owned(),
            attributes: [("service.namespace".to_owned(), "overseer".into())].into(),
        },
        spans,
        logs: Vec::new(),
    }
}

#[test]
fn each_trace_is_a_piece_with_what_it_can_be_found_by() {
    let mut failed = span(2, 0, "GET /cart");
    failed.status = Status::Error;
    failed.links = vec![Link {
        trace_id: trace(9),
        span_id: id(1),
    }];
    let spans = vec![span(1, 0, "publish"), failed, span(1, 1, "write")];
    let pieces = cut(TenantId(Uuid::from_u128(1)), &[group("shop", spans)]);
    let told: Vec<_> = pieces
        .iter()
        .map(|piece| (piece.trace, piece.records, piece.severest))
        .collect();
    assert_eq!(told, [(Some(trace(1)), 2, 0), (Some(trace(2)), 1, ERROR)]);
    let wanted = [
        super::super::terms::service("shop"),
        super::super::terms::operation("GET /cart"),
        super::super::terms::attribute("messaging.system", "nats"),
        super::super::terms::link(trace(9)),
    ];
    assert!(wanted.iter().all(|term| pieces[1].terms.contains(term)));
    assert_eq!(pieces[0].started_at.timestamp_micros(), START_US);
}

#[test]
fn only_what_our_own_services_say_is_about_somebody_and_only_about_one() {
    let whose = |tenant: u128, named: &[u128]| {
        let spans = named.iter().enumerate().map(|(n, whose)| {
            let mut span = span(1, n as u64, "work");
            let whose = Uuid::from_u128(*whose).to_string();
            span.attributes
                .insert(telemetry::ABOUT.to_owned(), whose.as_str().into());
            span
        });
        let groups = [group("store", spans.collect())];
        let tenant = if tenant == 0 {
            telemetry::TENANT
        } else {
            TenantId(Uuid::from_u128(tenant))
        };
        cut(tenant, &groups)[0].about
    };
    assert_eq!(whose(0, &[7, 7]), Some(TenantId(Uuid::from_u128(7))));
    assert_eq!(whose(0, &[7, 8]), None);
    assert_eq!(whose(5, &[7]), None, "a tenant speaks for nobody else");
}
