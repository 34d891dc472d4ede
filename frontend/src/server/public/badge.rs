//! Badges at the paths of Gatus. What may not be known is grey and says so: a badge never tells whether there is such a thing.

mod chart;
mod draw;
mod words;

use axum::Router;
use axum::extract::{RawPathParams, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use contract::page::{Measure, Measured, Span};
use contract::rpc::{Caller, Error};
use serde_json::json;
use service::problem::ProblemResponse;

use super::cached::{self, Keep};
use super::place::Place;
use crate::server::Site;
use crate::server::ask::ask;
use words::Words;

const SVG: &str = "image/svg+xml; charset=utf-8";
const KEEP: Keep = Keep::Public { seconds: 60 };

pub(super) fn router() -> Router<Site> {
    Router::new()
        .route("/health/badge.svg", get(health))
        .route("/health/badge.shields", get(shields))
        .route("/uptimes/{span}/badge.svg", get(uptime))
        .route("/response-times/{span}/badge.svg", get(response_time))
        .route("/response-times/{span}/chart.svg", get(response_chart))
}

async fn health(
    site: State<Site>,
    place: Place,
    params: RawPathParams,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let measured = measure(&site, place, &params, Some(Span::Hour), false).await?;
    Ok(badge(&headers, &words::health(measured.as_ref())))
}

async fn shields(
    site: State<Site>,
    place: Place,
    params: RawPathParams,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let measured = measure(&site, place, &params, Some(Span::Hour), false).await?;
    let words = words::health(measured.as_ref());
    let body = json!({
        "schemaVersion": 1, "label": words.label, "message": words.message, "color": words.color,
    });
    let body = body.to_string().into_bytes();
    Ok(cached::document(&headers, "application/json", body, KEEP))
}

async fn uptime(
    site: State<Site>,
    place: Place,
    params: RawPathParams,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let span = span(&params);
    let measured = measure(&site, place, &params, span, false).await?;
    Ok(badge(&headers, &words::uptime(span, measured.as_ref())))
}

async fn response_time(
    site: State<Site>,
    place: Place,
    params: RawPathParams,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let span = span(&params);
    let measured = measure(&site, place, &params, span, true).await?;
    Ok(badge(
        &headers,
        &words::response_time(span, measured.as_ref()),
    ))
}

async fn response_chart(
    site: State<Site>,
    place: Place,
    params: RawPathParams,
    headers: HeaderMap,
) -> Result<Response, ProblemResponse> {
    let charted = [Span::Day, Span::Week, Span::Month];
    let span = span(&params).filter(|span| charted.contains(span));
    let measured = measure(&site, place, &params, span, true).await?;
    let drawn = chart::of(measured.as_ref());
    Ok(cached::document(&headers, SVG, drawn.into_bytes(), KEEP))
}

fn badge(headers: &HeaderMap, words: &Words) -> Response {
    cached::document(headers, SVG, draw::badge(words).into_bytes(), KEEP)
}

fn param<'a>(params: &'a RawPathParams, name: &str) -> Option<&'a str> {
    let (_, value) = params.iter().find(|(key, _)| *key == name)?;
    Some(value)
}

fn span(params: &RawPathParams) -> Option<Span> {
    Span::named(param(params, "span")?)
}

/// `None` for what everybody may not know, and for what is not there.
async fn measure(
    site: &Site,
    place: Place,
    params: &RawPathParams,
    span: Option<Span>,
    times: bool,
) -> Result<Option<Measured>, ProblemResponse> {
    let (Some(span), Some(component)) = (span, param(params, "key")) else {
        return Ok(None);
    };
    let measure = Measure {
        at: place.at,
        component: component.to_owned(),
        span,
        times,
    };
    match ask(&site.bus, &Caller::Visitor, &measure).await {
        Ok(measured) => Ok(Some(measured)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
