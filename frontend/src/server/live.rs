//! Live updates as server-sent events. A page reads everything again when its stream begins anew.

mod audience;
mod event;
mod feed;
mod feeds;

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bus::Bus;
use contract::id::Slug;
use contract::live::Update;
use contract::rpc::Error;
use futures_util::StreamExt as _;
use service::problem::ProblemResponse;

use super::extract::Query;
use super::public::place::Place;
use super::{Site, member, session};
pub(crate) use feeds::Feeds;

/// How soon somebody who lost their place hears nothing any more.
const VERIFIED_EVERY: Duration = Duration::from_secs(10);

/// What a public page tells of its monitors while it is looked at.
pub(crate) async fn visitors(
    State(site): State<Site>,
    place: Place,
) -> Result<Response, ProblemResponse> {
    let feed = site.feeds.of_page(place.at, place.key).await?;
    Ok(event::stream(feed.listen(), site.shutdown).into_response())
}

/// What members see happen in their tenant: samples (of all metrics, or of those named `metric`), monitors, incidents.
pub(crate) async fn members(
    State(site): State<Site>,
    Path(tenant): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let tenant = slug(&tenant)?;
    let secret = session::secret(&headers);
    let identity = session::resolve(&site.bus, secret.clone()).await?;
    let identity = identity.ok_or(Error::Unauthenticated)?;
    let place = member::place(&identity, &tenant)?;
    let feed = site.feeds.of_tenant(place.tenant).await?;
    let gone = until_gone(site.bus.clone(), secret, tenant);
    let metrics: Vec<String> = query
        .into_iter()
        .filter_map(|(key, value)| (key == "metric").then_some(value))
        .collect();
    let updates = feed.listen_for(move |update| of_metrics(update, &metrics));
    let updates = updates.take_until(Box::pin(gone));
    Ok(event::stream(updates, site.shutdown).into_response())
}

/// Waits until somebody signed out or is a member no longer. While the store is away nothing can have changed.
async fn until_gone(bus: Bus, secret: Option<String>, tenant: Slug) {
    let mut again = tokio::time::interval(VERIFIED_EVERY);
    again.reset();
    loop {
        again.tick().await;
        match session::resolve(&bus, secret.clone()).await {
            Ok(Some(identity)) if member::place(&identity, &tenant).is_ok() => {}
            Err(Error::Unavailable) => {}
            _ => return,
        }
    }
}

fn slug(text: &str) -> Result<Slug, Error> {
    text.parse().map_err(|_| Error::not_found("tenant"))
}

/// Leaves out the samples of metrics that were not asked for; `None` if nothing is left.
fn of_metrics(update: &Update, metrics: &[String]) -> Option<Update> {
    let Update::Samples { series } = update else {
        return Some(update.clone());
    };
    let wanted: Vec<_> = series
        .iter()
        .filter(|series| metrics.is_empty() || metrics.contains(&series.name))
        .cloned()
        .collect();
    (!wanted.is_empty()).then_some(Update::Samples { series: wanted })
}

#[cfg(test)]
mod tests {
    use contract::metric::{Kind, Series};

    use super::*;

    #[test]
    fn only_samples_that_were_asked_for_are_sent() {
        let series = ["cpu", "memory"].map(|name| Series {
            name: name.to_owned(),
            labels: [].into(),
            kind: Kind::Gauge,
            unit: None,
            points: vec![(0, 1.0)],
        });
        let update = Update::Samples {
            series: series.to_vec(),
        };
        let names = |metrics: &[&str]| {
            let metrics: Vec<_> = metrics.iter().map(|name| (*name).to_owned()).collect();
            match of_metrics(&update, &metrics) {
                Some(Update::Samples { series }) => series.into_iter().map(|s| s.name).collect(),
                _ => Vec::new(),
            }
        };
        assert_eq!(names(&[]), ["cpu", "memory"]);
        assert_eq!(names(&["cpu"]), ["cpu"]);
        assert!(names(&["disk"]).is_empty());
    }
}
