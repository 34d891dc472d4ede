//! Many monitors at once, each with a threshold of its own, on targets that count what they answer: afterwards the counts of
//! successes and failures have to agree.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::api::{Api, text};
use crate::environment::Environment;

/// Every nth target fails, every so often.
const FAILING_EVERY: u64 = 5;
const FAILS_EVERY: u64 = 3;
const INTERVAL_S: u64 = 2;
/// Until results that are under way have been counted.
const COUNTED: Duration = Duration::from_mins(1);

/// Successes and failures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub success: u64,
    pub failure: u64,
}

/// What targets answered, and what the system counted.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    pub answered: Counts,
    pub counted: Counts,
}

#[derive(Debug, Clone, Default)]
struct Answered(Arc<(AtomicU64, AtomicU64)>);

/// Monitors that are being checked.
pub struct Population {
    api: Api,
    monitors: Vec<Value>,
    answered: Answered,
    _serving: DropGuard,
}

impl Population {
    /// Creates this many monitors, checked from every region.
    pub async fn create(environment: &Environment, count: u64) -> anyhow::Result<Self> {
        let api = Api::sign_in(environment).await?;
        let regions = environment.summary()?.regions;
        let answered = Answered::default();
        let (address, serving) = serve(answered.clone()).await?;
        let run = uuid::Uuid::new_v4().simple().to_string();
        let mut monitors = Vec::new();
        for number in 0..count {
            let spec = json!({
                "name": format!("load {} {number}", &run[..8]), "group": "Load",
                "target": format!("{address}/{number}"), "interval_s": INTERVAL_S, "timeout_ms": 1_500,
                "regions": regions, "failure_threshold": number % 4 + 1, "conditions": ["[STATUS] == 200"],
            });
            monitors.push(api.post("/monitors", &spec).await?);
        }
        Ok(Self {
            api,
            monitors,
            answered,
            _serving: serving,
        })
    }

    /// Checks no more, waits until all results are counted, removes the monitors, and compares.
    pub async fn end(self) -> anyhow::Result<Compared> {
        for monitor in &self.monitors {
            let mut spec = monitor.clone();
            spec["paused"] = true.into();
            let path = format!("/monitors/{}", text(monitor, "id")?);
            self.api.put(&path, &spec).await?;
        }
        let until = Instant::now() + COUNTED;
        let compared = loop {
            let compared = Compared {
                answered: self.answered.counts(),
                counted: self.counted().await?,
            };
            if compared.agree() || Instant::now() > until {
                break compared;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        for monitor in &self.monitors {
            let path = format!("/monitors/{}", text(monitor, "id")?);
            self.api.delete(&path).await?;
        }
        Ok(compared)
    }

    async fn counted(&self) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        for monitor in &self.monitors {
            let path = format!("/monitors/{}/summary", text(monitor, "id")?);
            let summary = self.api.get(&path).await?;
            let count = |field: &str| summary[field].as_u64().unwrap_or_default();
            counts.success += count("success_24h");
            counts.failure += count("failure_24h");
        }
        Ok(counts)
    }
}

impl Compared {
    pub fn agree(&self) -> bool {
        self.answered == self.counted
    }
}

impl Answered {
    fn counts(&self) -> Counts {
        Counts {
            success: self.0.0.load(Ordering::Relaxed),
            failure: self.0.1.load(Ordering::Relaxed),
        }
    }
}

async fn serve(answered: Answered) -> anyhow::Result<(String, DropGuard)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.context("targets cannot listen")?;
    let address = format!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/{number}", get(answer))
        .with_state(answered);
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    #[expect(
        clippy::disallowed_methods,
        reason = "ends with the guard that is returned"
    )]
    tokio::spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
        serving.await
    });
    Ok((address, stop.drop_guard()))
}

async fn answer(State(answered): State<Answered>, Path(number): Path<u64>) -> StatusCode {
    let (success, failure) = &*answered.0;
    let so_far = success.load(Ordering::Relaxed) + failure.load(Ordering::Relaxed);
    if number.is_multiple_of(FAILING_EVERY) && so_far.is_multiple_of(FAILS_EVERY) {
        failure.fetch_add(1, Ordering::Relaxed);
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    success.fetch_add(1, Ordering::Relaxed);
    StatusCode::OK
}
