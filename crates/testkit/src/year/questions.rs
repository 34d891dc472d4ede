//! What dashboards and pages ask about a year, one question of each class.

use bus::Bus;
use contract::id::{MonitorId, TenantId, UserId};
use contract::query::{self, Query};
use contract::rpc::{Caller, Error, Request, Role};
use contract::{monitor, page};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::SLUG;

const HOUR_MS: i64 = 3_600_000;

/// Asks one class of question after the other.
pub struct Asker<'a> {
    bus: &'a Bus,
    member: Caller,
    monitors: Vec<MonitorId>,
    now_ms: i64,
}

/// A class of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// One series over this many hours.
    Range {
        hours: i64,
    },
    /// The 95th percentile of one series over this many hours.
    Quantile {
        hours: i64,
    },
    /// A hundred series over a day, each for itself.
    Grouped,
    /// The newest point of each of a hundred series.
    Latest,
    Catalogue,
    /// The hundred values of a label.
    LabelValues,
    Monitors,
    MonitorSummary,
    MonitorResults,
    StatusPage,
}

impl Question {
    /// All of them, with their names in the table of figures. `days` is how far the year goes back.
    pub fn all(days: i32) -> [(&'static str, Self); 13] {
        let year = i64::from(days) * 24;
        [
            ("hour_range", Self::Range { hours: 1 }),
            ("day_range", Self::Range { hours: 24 }),
            ("week_range", Self::Range { hours: 7 * 24 }),
            ("year_range", Self::Range { hours: year }),
            ("year_quantile", Self::Quantile { hours: year }),
            ("group_by_100", Self::Grouped),
            ("latest_100", Self::Latest),
            ("catalogue", Self::Catalogue),
            ("label_values", Self::LabelValues),
            ("monitors", Self::Monitors),
            ("monitor_summary", Self::MonitorSummary),
            ("monitor_results", Self::MonitorResults),
            ("status_page", Self::StatusPage),
        ]
    }
}

impl<'a> Asker<'a> {
    /// `bus` is the frontend's.
    pub async fn new(bus: &'a Bus, tenant: TenantId, now_ms: i64) -> Self {
        let member = Caller::Member {
            tenant,
            user: UserId(Uuid::nil()),
            role: Role::Viewer,
        };
        let monitors = bus.ask(&member, &monitor::List::ALL).await;
        let monitors = monitors.expect("an answer").into_iter();
        Self {
            bus,
            member,
            monitors: monitors.map(|one| one.monitor.id).collect(),
            now_ms,
        }
    }

    /// Asks and says how many things came back. `round` varies what is asked about.
    pub async fn ask(&self, question: Question, round: usize) -> Result<usize, Error> {
        let single = format!("single_{}", round % 20);
        let fleet = format!("fleet_{}", round % 3);
        let id = self.monitors[round % self.monitors.len()];
        let limit = 100;
        match question {
            Question::Range { hours } => self.range(&single, hours, json!({})).await,
            Question::Quantile { hours } => {
                self.range(&single, hours, json!({"aggregate": "p95"}))
                    .await
            }
            Question::Grouped => {
                self.range(&fleet, 24, json!({"group_by": ["host"], "max_points": 200}))
                    .await
            }
            Question::Catalogue => Ok(self.put(&parsed::<query::List>(json!({}))).await?.len()),
            Question::Latest => {
                let latest = json!({"metric": fleet, "at_ms": null});
                Ok(self.put(&parsed::<query::Latest>(latest)).await?.len())
            }
            Question::LabelValues => {
                let values = json!({"metric": fleet, "label": "host"});
                Ok(self.put(&parsed::<query::LabelValues>(values)).await?.len())
            }
            Question::Monitors => Ok(self.put(&monitor::List::ALL).await?.len()),
            Question::MonitorSummary => self.put(&monitor::Summarize { id }).await.map(|_| 1),
            Question::MonitorResults => {
                let results = monitor::Results {
                    id,
                    region: None,
                    before: None,
                    limit,
                };
                Ok(self.put(&results).await?.len())
            }
            Question::StatusPage => {
                let at = page::Address::first(SLUG.parse().expect("a slug"));
                let shown = self.bus.ask(&Caller::Visitor, &page::Show::of(at)).await?;
                Ok(shown.open().map_or(0, |page| page.components().count()))
            }
        }
    }

    /// The points that come back.
    async fn range(&self, metric: &str, hours: i64, more: Value) -> Result<usize, Error> {
        let mut range = json!({
            "metric": metric, "from_ms": self.now_ms - hours * HOUR_MS, "to_ms": self.now_ms,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            range[name] = value.clone();
        }
        let query: Query = parsed(json!({ "range": range }));
        let answer = self.put(&query).await?;
        Ok(answer.series.iter().map(|series| series.points.len()).sum())
    }

    async fn put<R: Request>(&self, request: &R) -> Result<R::Reply, Error> {
        self.bus.ask(&self.member, request).await
    }
}

fn parsed<R: DeserializeOwned>(request: Value) -> R {
    serde_json::from_value(request).expect("a request")
}
