//! An ingress with a token, and an ear on what it publishes.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Bus, Message};
use contract::id::{Partition, TenantId, TokenId};
use contract::metric::{Batch, Packed, Series};
use contract::plan::Plan;
use contract::token::{self, Grant, Scope};
use contract::{access, stream};
use reqwest::RequestBuilder;
use testkit::{Nats, Process, eventually};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub(crate) const SOON: Duration = Duration::from_secs(30);
pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(1));
pub(crate) const TOKEN: &str = "ovs_test";

pub(crate) struct Stage {
    pub(crate) nats: Nats,
    pub(crate) ingress: Process,
    pub(crate) store: Bus,
    heard: Arc<Mutex<Vec<Batch>>>,
    ear: CancellationToken,
    tasks: TaskTracker,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// An ingress with these arguments.
    pub(crate) async fn with(arguments: &[&str]) -> Self {
        Self::on(Plan::default(), arguments).await
    }

    /// An ingress with these arguments, and a tenant on this plan.
    pub(crate) async fn on(plan: Plan, arguments: &[&str]) -> Self {
        let nats = testkit::nats().await;
        nats.provision().await;
        let store = nats.bus(access::STORE, &CancellationToken::new()).await;
        let ingress = Process::start("ingress", ingress::serve, args(&nats, arguments)).await;
        let stage = Self {
            nats,
            ingress,
            store,
            heard: Arc::default(),
            ear: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let scopes = [Scope::MetricsWrite, Scope::TelemetryWrite];
        stage.grant_on(plan, TOKEN, TENANT, &scopes).await;
        eventually(SOON, || async {
            let answer = stage.post("/api/v1/metrics").send().await?;
            anyhow::ensure!(answer.status() != 401, "not known yet");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        stage
    }

    pub(crate) async fn grant(&self, secret: &str, tenant: TenantId, scopes: &[Scope]) {
        let plan = Plan::default();
        self.grant_on(plan, secret, tenant, scopes).await;
    }

    async fn grant_on(&self, plan: Plan, secret: &str, tenant: TenantId, scopes: &[Scope]) {
        let tokens = self.store.bucket::<Grant>(stream::TOKENS).await;
        let grant = Grant {
            id: TokenId(Uuid::new_v4()),
            tenant,
            scopes: scopes.to_vec(),
            plan,
        };
        let written = tokens.put(&token::key(secret), &grant).await;
        written.expect("written");
    }

    pub(crate) async fn revoke(&self, secret: &str) {
        let tokens = self.store.bucket::<Grant>(stream::TOKENS).await;
        tokens.delete(&token::key(secret)).await.expect("deleted");
    }

    /// A push with the token.
    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        testkit::http::client()
            .post(self.ingress.url(path))
            .bearer_auth(TOKEN)
    }

    /// A push in the project's own JSON.
    pub(crate) fn json(&self, samples: &serde_json::Value) -> RequestBuilder {
        self.post("/api/v1/metrics")
            .json(&serde_json::json!({"samples": samples}))
    }

    /// Listens to what is published for the tenant from now on, and before.
    pub(crate) async fn listen(&self) {
        let processor = self
            .nats
            .bus(access::PROCESSOR, &CancellationToken::new())
            .await;
        let (heard, ear) = (Arc::clone(&self.heard), self.ear.clone());
        self.tasks.spawn(async move {
            let durable = stream::processor_metrics(Partition::of(TENANT));
            let limits = bus::Limits {
                max_messages: 100,
                max_bytes: 1 << 20,
                max_wait: Duration::from_millis(20),
                batches: 1,
            };
            let note = move |batch: Arc<[Message<Packed>]>| {
                let mut heard = heard.lock().expect("not poisoned");
                heard.extend(batch.iter().map(|message| Batch::from(&message.body)));
                async { Ok(Vec::new()) }
            };
            bus::drain(&processor, &durable, limits, &ear, note).await;
        });
    }

    /// All series, once so many samples were published.
    pub(crate) async fn heard(&self, samples: usize) -> Vec<Series> {
        if self.tasks.is_empty() {
            self.listen().await;
        }
        eventually(SOON, || async {
            let heard = self.heard.lock().expect("not poisoned");
            let count: usize = heard.iter().map(Batch::sample_count).sum();
            if count < samples {
                return Err(format!("{count} of {samples}"));
            }
            Ok(heard
                .iter()
                .flat_map(|batch| batch.series.clone())
                .collect())
        })
        .await
    }

    pub(crate) async fn stop(self) {
        self.ear.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.ingress.stop().await;
    }
}

pub(crate) fn args(nats: &Nats, more: &[&str]) -> ingress::Args {
    let nats = nats.args(access::INGRESS);
    let words = [
        "--nats-url",
        &nats.nats_url,
        "--nats-password",
        &nats.nats_password,
    ];
    testkit::args(&[&words, more].concat())
}

pub(crate) fn now_ms() -> i64 {
    service::now().timestamp_millis()
}

/// The series as one line each: `name{a=b} 1 2`, sorted.
pub(crate) fn lines(series: &[Series]) -> Vec<String> {
    let mut lines: Vec<_> = series.iter().map(line).collect();
    lines.sort();
    lines
}

fn line(series: &Series) -> String {
    let labels = series.labels.iter();
    let labels: Vec<_> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let values: Vec<_> = series
        .points
        .iter()
        .map(|point| point.1.to_string())
        .collect();
    format!(
        "{}{{{}}} {}",
        series.name,
        labels.join(","),
        values.join(" ")
    )
}

pub(crate) fn gzipped(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).expect("written");
    encoder.finish().expect("finished")
}

pub(crate) fn snapped(plain: &[u8]) -> Vec<u8> {
    let snapped = snap::raw::Encoder::new().compress_vec(plain);
    snapped.expect("encodes")
}
