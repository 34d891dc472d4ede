//! Traces: looked for by a form that is a plain link, so a search can be kept and sent to others.

pub mod filter;
pub mod list;

use chrono::DateTime;
use contract::telemetry::{Cursor, Search, ServiceOperations};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::api;
use crate::components::problem::Refusal;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::period;
use crate::view::time::Precision;
use filter::Filter;
use list::List;

#[component]
pub fn Traces() -> impl IntoView {
    let tenant = Tenant::of_page();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::read));
    let services = Resource::new(
        move || tenant.slug.get(),
        move |_| async move { api::services(tenant.id()?).await },
    );
    let found = Resource::new(
        move || (tenant.slug.get(), asked.get()),
        move |(_, asked)| async move {
            let length_ms = period::named(&asked.period).length_ms;
            api::traces(tenant.id()?, asked.search, length_ms, asked.before).await
        },
    );
    view! {
        <Title text="Traces" />
        <header class="row apart">
            <h1>"Traces"</h1>
            <a class="button" href=move || tenant.path("/services")>"Service map"</a>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known: Vec<ServiceOperations> = services.await.unwrap_or_default();
                let answer = found.await;
                let asked = asked.get();
                let list = match answer {
                    Ok(found) => {
                        let next = found.next.map(|next| asked.after(next));
                        Either::Left(view! { <List tenant traces=found.traces next /> })
                    }
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                };
                let stretch = stretch(tenant, &asked);
                view! {
                    <Filter asked services=known />
                    {stretch}
                    {list}
                }
            })}
        </Transition>
    }
}

/// Between which instants is looked, where a stretch of time was chosen instead of the latest.
fn stretch(tenant: Tenant, asked: &Asked) -> Option<impl IntoView + use<>> {
    let instant = |ms: i64| DateTime::from_timestamp_millis(ms);
    let (from, to) = asked.search.from_ms.zip(asked.search.to_ms)?;
    let (from, to) = (instant(from)?, instant(to)?);
    let href = tenant.path(&format!("/traces{}", asked.latest()));
    Some(view! {
        <p class="row">
            <span>
                "Between " <Time at=from precision=Precision::Second /> " and "
                <Time at=to precision=Precision::Second />
            </span>
            <a href=href>"Look at the latest instead"</a>
        </p>
    })
}

/// What the URL asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    pub search: Search,
    pub period: String,
    pub before: Option<Cursor>,
}

impl Asked {
    fn read(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get(name).filter(|text| !text.trim().is_empty());
        let whole = |name: &str| text(name)?.trim().parse::<i64>().ok();
        let stretch = whole("from")
            .zip(whole("to"))
            .filter(|(from, to)| from < to);
        let ms = |name: &str| {
            let ms: f64 = text(name)?.trim().parse().ok()?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "durations of whole microseconds, none below zero"
            )]
            let us = (ms.max(0.0) * 1_000.0) as u64;
            Some(us)
        };
        let before = query.get("before").and_then(|text| {
            let (at_us, trace) = text.split_once('-')?;
            Some(Cursor {
                at_us: at_us.parse().ok()?,
                trace: trace.parse().ok()?,
            })
        });
        Self {
            search: Search {
                service: text("service"),
                operation: text("operation"),
                attribute: text("attribute"),
                min_duration_us: ms("min"),
                max_duration_us: ms("max"),
                error: query.get("error").is_some(),
                from_ms: stretch.map(|(from, _)| from),
                to_ms: stretch.map(|(_, to)| to),
            },
            period: text("period").unwrap_or_else(|| "1h".to_owned()),
            before,
        }
    }

    /// The query of the page that begins there.
    fn after(&self, next: Cursor) -> String {
        let before = Some(next);
        let asked = Self {
            before,
            ..self.clone()
        };
        asked.query()
    }

    /// The query of the same search without a stretch of time.
    fn latest(&self) -> String {
        let mut asked = Self {
            before: None,
            ..self.clone()
        };
        (asked.search.from_ms, asked.search.to_ms) = (None, None);
        asked.query()
    }

    fn query(&self) -> String {
        let search = &self.search;
        let ms = |us: Option<u64>| us.map(filter::milliseconds);
        let place = |at: Cursor| format!("{}-{}", at.at_us, at.trace);
        let pairs = [
            ("service", search.service.clone()),
            ("operation", search.operation.clone()),
            ("attribute", search.attribute.clone()),
            ("min", ms(search.min_duration_us)),
            ("max", ms(search.max_duration_us)),
            ("error", search.error.then(|| "on".to_owned())),
            ("period", Some(self.period.clone())),
            ("from", search.from_ms.map(|ms| ms.to_string())),
            ("to", search.to_ms.map(|ms| ms.to_string())),
            ("before", self.before.map(place)),
        ];
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            if let Some(value) = value {
                query.insert(name, value);
            }
        }
        query.to_query_string()
    }
}
