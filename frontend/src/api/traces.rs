//! Traces, services and streams.

use contract::id::Slug;
#[cfg(feature = "ssr")]
use contract::rpc::Role;
#[cfg(feature = "ssr")]
use contract::telemetry;
use contract::telemetry::{
    Cursor, Found, Joined, Map, Search, ServiceOperations, StreamState, TraceId,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// Traces of one page.
#[cfg(feature = "ssr")]
const PAGE: u32 = 50;

/// The traces of a page, newest first: from where the search says, or of the last so many milliseconds.
#[server(prefix = "/fn", endpoint = "traces", input = Json)]
pub async fn traces(
    tenant: Slug,
    search: Search,
    length_ms: i64,
    before: Option<Cursor>,
) -> Result<Found, Error> {
    visit::serve("traces", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let now_ms = service::now().timestamp_millis();
        let search = Search {
            from_ms: search.from_ms.or(Some(now_ms.saturating_sub(length_ms))),
            ..search
        };
        let find = telemetry::Find {
            search,
            before,
            limit: PAGE,
        };
        member.ask(find).await
    })
    .await
}

/// One trace and those that it is joined with.
#[server(prefix = "/fn", endpoint = "trace", input = Json)]
pub async fn trace(tenant: Slug, id: TraceId) -> Result<Joined, Error> {
    visit::serve("trace", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(telemetry::Read { id }).await
    })
    .await
}

/// Who was seen lately, and doing what.
#[server(prefix = "/fn", endpoint = "services", input = Json)]
pub async fn services(tenant: Slug) -> Result<Vec<ServiceOperations>, Error> {
    visit::serve("services", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(telemetry::ListServices {}).await
    })
    .await
}

/// Who spoke to whom within the last so many milliseconds.
#[server(prefix = "/fn", endpoint = "service-map", input = Json)]
pub async fn service_map(tenant: Slug, length_ms: i64) -> Result<Map, Error> {
    visit::serve("service-map", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let to_ms = service::now().timestamp_millis();
        let from_ms = to_ms.saturating_sub(length_ms);
        member.ask(telemetry::ReadMap { from_ms, to_ms }).await
    })
    .await
}

/// What NATS holds, for members of the tenant `overseer`.
#[server(prefix = "/fn", endpoint = "streams", input = Json)]
pub async fn streams(tenant: Slug) -> Result<Vec<StreamState>, Error> {
    visit::serve("streams", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(telemetry::ListStreams {}).await
    })
    .await
}
