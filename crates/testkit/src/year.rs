//! A tenant with a year of history: for plans and latencies at realistic sizes.
//!
//! A day of real samples of a few series is closed by the store itself, which compresses and rolls up as ever, and so are the
//! results of the last days. What it made of them is then copied over all series and the whole year by SQL. So every byte is the store's own, and it takes seconds.

mod questions;

pub use questions::{Asker, Question};

use std::time::Duration;

use contract::id::TenantId;
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::eventually::eventually;

/// The store looks every quarter of a minute for hours to close, and rolls up all results of a week.
const DONE: Duration = Duration::from_mins(5);

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// One in twenty has a metric of its own, `single_<n>`; of the others a hundred share one, `fleet_<n>`.
    pub series: i32,
    /// Days with hours.
    pub days: i32,
    /// Days with minutes and with results.
    pub minute_days: i32,
    /// Monitors in three regions; a quarter of them is public.
    pub monitors: i32,
    /// Between two results of a monitor and region.
    pub result_every_s: i32,
}

impl Scale {
    /// What the bars of the store are about.
    pub const FULL: Self = Self {
        series: 2_000,
        days: 365,
        minute_days: 7,
        monitors: 200,
        result_every_s: 300,
    };
    /// Quick to make, and large enough for a planner to prefer reading a whole table if an index were missing.
    pub const SMALL: Self = Self {
        series: 420,
        days: 120,
        minute_days: 2,
        monitors: 60,
        result_every_s: 900,
    };
}

/// The tenant's slug; its page is public.
pub const SLUG: &str = "year";

/// Makes the tenant and its year. A store has to run meanwhile, since it is the store that closes hours.
pub async fn seed(owner: &PgPool, scale: Scale) -> TenantId {
    let tenant = Uuid::new_v4();
    sqlx::query("insert into tenant (id, slug, name) values ($1, $2, 'A year')")
        .bind(tenant)
        .bind(SLUG)
        .execute(owner)
        .await
        .expect("the tenant is new");
    let seeding = Seeding {
        owner,
        tenant,
        scale,
    };
    seeding.run(SERIES).await;
    seeding.run(PATTERN).await;
    let open = "select count(*) from sample where ts < date_trunc('day', now())";
    seeding.done(open).await;
    for part in [ROLLUPS, BLOCKS, HOT, MONITORS, RESULTS] {
        seeding.run(part).await;
    }
    seeding.done("select count(*) from result_open").await;
    seeding.run(ROLLED).await;
    sqlx::query("analyze")
        .execute(owner)
        .await
        .expect("analysed");
    TenantId(tenant)
}

struct Seeding<'a> {
    owner: &'a PgPool,
    tenant: Uuid,
    scale: Scale,
}

impl Seeding<'_> {
    /// Waits until the store has left nothing to be done; the statement counts what is.
    async fn done(&self, open: &'static str) {
        eventually(DONE, || async {
            let open: i64 = sqlx::query_scalar(open)
                .fetch_one(self.owner)
                .await
                .expect("an answer");
            (open == 0)
                .then_some(())
                .ok_or_else(|| format!("{open} rows wait for the store"))
        })
        .await;
    }

    /// Runs statements in a transaction of the tenant; the sizes are settings that they read.
    async fn run(&self, statements: &'static str) {
        let mut transaction: Transaction<'_, Postgres> =
            self.owner.begin().await.expect("a transaction");
        let scale = self.scale;
        let settings = [
            ("tenant", self.tenant.to_string()),
            ("series", scale.series.to_string()),
            ("days", scale.days.to_string()),
            ("minute_days", scale.minute_days.to_string()),
            ("monitors", scale.monitors.to_string()),
            ("result_every_s", scale.result_every_s.to_string()),
        ];
        for (name, value) in settings {
            sqlx::query("select set_config('overseer.' || $1, $2, true)")
                .bind(name)
                .bind(value)
                .execute(&mut *transaction)
                .await
                .expect("set");
        }
        sqlx::raw_sql(statements)
            .execute(&mut *transaction)
            .await
            .unwrap_or_else(|error| panic!("{error} in{statements}"));
        transaction.commit().await.expect("committed");
    }
}

const SERIES: &str = include_str!("year/series.sql");
const PATTERN: &str = include_str!("year/pattern.sql");
const ROLLUPS: &str = include_str!("year/rollups.sql");
const BLOCKS: &str = include_str!("year/blocks.sql");
const HOT: &str = include_str!("year/hot.sql");
const MONITORS: &str = include_str!("year/monitors.sql");
const RESULTS: &str = include_str!("year/results.sql");
const ROLLED: &str = include_str!("year/rolled.sql");
