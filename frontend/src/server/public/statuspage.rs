//! `<page>/api/v2/*.json`, as Statuspage writes them: clients of theirs work with another host name.

mod convert;
mod shape;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use service::problem::ProblemResponse;

use super::cached;
use super::page;
use super::place::Place;
use crate::server::Site;
use convert::Told;
use shape::Document;

pub(super) fn router() -> Router<Site> {
    let upcoming = "/scheduled-maintenances/upcoming.json";
    let active = "/scheduled-maintenances/active.json";
    Router::new()
        .route("/summary.json", get(summary))
        .route("/status.json", get(status))
        .route("/components.json", get(components))
        .route("/incidents.json", get(incidents))
        .route("/incidents/unresolved.json", get(unresolved))
        .route("/scheduled-maintenances.json", get(maintenances))
        .route(upcoming, get(upcoming_maintenances))
        .route(active, get(active_maintenances))
}

/// Declares documents: what stands in each beside `page`.
macro_rules! documents {
    ($($(#[$doc:meta])* $name:ident: $told:ident => $($field:ident: $value:expr),*;)*) => {$(
        $(#[$doc])*
        async fn $name(site: State<Site>, place: Place, headers: HeaderMap) -> Result<Response, ProblemResponse> {
            answer(site, place, headers, |$told| {
                let mut document = Document { page: $told.page(), ..Document::default() };
                $(document.$field = Some($value);)*
                document
            })
            .await
        }
    )*};
}

documents! {
    /// What a widget needs: components, what is wrong, and what is planned.
    summary: told =>
        status: told.status(),
        components: told.components(),
        incidents: told.incidents(true),
        scheduled_maintenances: told.maintenances(|it| it != convert::COMPLETED);
    status: told => status: told.status();
    components: told => components: told.components();
    incidents: told => incidents: told.incidents(false);
    unresolved: told => incidents: told.incidents(true);
    maintenances: told => scheduled_maintenances: told.maintenances(|_| true);
    upcoming_maintenances: told => scheduled_maintenances: told.maintenances(|it| it == convert::SCHEDULED);
    active_maintenances: told => scheduled_maintenances: told.maintenances(|it| it == convert::IN_PROGRESS);
}

async fn answer(
    State(site): State<Site>,
    place: Place,
    headers: HeaderMap,
    tell: impl for<'a> Fn(&Told<'a>) -> Document<'a>,
) -> Result<Response, ProblemResponse> {
    let (view, keep) = page::read(&site, &place).await?;
    let url = place.url();
    let told = Told {
        view: &view,
        url: &url,
        now: service::now(),
    };
    let body = json(&tell(&told));
    Ok(cached::document(
        &headers,
        "application/json; charset=utf-8",
        body,
        keep,
    ))
}

fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_default()
}
