//! The expected ticks of monitors against the stored ones.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use contract::id::Region;
use serde_json::json;
use sqlx::PgPool;
use system_tests::Environment;
use system_tests::api::{Api, now_ms, text};
use system_tests::push::unique;
use system_tests::story::say;
use system_tests::twin::Twin;
use testkit::eventually;
use testkit::target::Server;

/// Until every hole is filled: what a check may take, and the way through a system that was just started again.
const SETTLED: Duration = Duration::from_secs(90);
const STARTED: Duration = Duration::from_secs(30);
/// Two of the longer interval.
const PAUSED_MS: i64 = 4_000;
const INTERVALS_S: [i64; 4] = [1, 2, 1, 2];

/// One prober is killed while the other one hangs; then the scheduling side and the NATS server are killed.
pub(crate) async fn every_expected_tick_is_stored_once_whoever_is_killed_or_hangs(
    environment: &Environment,
) {
    let api = Api::sign_in(environment).await;
    let target = Server::http().await;
    let (name, pid) = prober(environment);
    let twin = Twin::of(pid).await;
    let mut watched = Vec::new();
    for interval_s in INTERVALS_S {
        watched.push(Watched::create(&api, environment, &target, interval_s).await);
    }
    let database = environment.database().await;
    let begun = now_ms();
    every_tick_until(&database, &watched, begun + 3_000, STARTED).await;

    twin.pause();
    let paused_at = now_ms();
    environment.kill(&name).await;
    eventually(STARTED, async || now_ms() > paused_at + PAUSED_MS).await;
    twin.resume();
    environment.kill("processor").await;
    environment.kill("nats-server").await;

    let end = now_ms() + 3_000;
    let tables = every_tick_until(&database, &watched, end, SETTLED).await;
    let lost: usize = tables.iter().map(|table| table.missed).sum();
    say(&format!(
        "      {} ticks, {lost} of them missed:",
        tables.iter().map(|it| it.ticks.len()).sum::<usize>()
    ));
    for table in &tables {
        say(&format!("      {table}"));
    }
    assert!(lost > 0, "nothing was disturbed");
    for watched in &watched {
        api.delete(&format!("/monitors/{}", watched.id))
            .await
            .success();
    }
}

fn prober(environment: &Environment) -> (String, u32) {
    let pids = &environment.summary().pids;
    let found = pids.iter().find(|(name, _)| name.starts_with("prober"));
    let (name, pid) = found.expect("an environment has a prober");
    (name.clone(), *pid)
}

/// Waits until there is a result for each tick up to `end`, in Unix milliseconds.
async fn every_tick_until(
    database: &PgPool,
    watched: &[Watched],
    end: i64,
    deadline: Duration,
) -> Vec<Table> {
    eventually(deadline, || async {
        let mut tables = Vec::new();
        for watched in watched {
            let table = watched.table(database).await;
            let table = table.map_err(|error| error.to_string())?;
            table.is_whole_until(end / 1_000)?;
            tables.push(table);
        }
        Ok::<_, String>(tables)
    })
    .await
}

/// A monitor that is looked at from one region.
struct Watched {
    id: uuid::Uuid,
    region: Region,
    interval_s: i64,
}

impl Watched {
    async fn create(
        api: &Api,
        environment: &Environment,
        target: &Server,
        interval_s: i64,
    ) -> Self {
        let region = environment.summary().regions[0].clone();
        let monitor = json!({
            "name": unique("ticks"), "target": target.url("/"), "interval_s": interval_s,
            "timeout_ms": 1_000, "regions": [region],
        });
        let created = api.post("/monitors", &monitor).await.expect(201);
        let id = text(&created, "id").parse().expect("an id");
        Self {
            id,
            region,
            interval_s,
        }
    }

    async fn table(&self, database: &PgPool) -> sqlx::Result<Table> {
        let rows: Vec<(f64, String)> = sqlx::query_as(
            "select extract(epoch from tick_at)::float8, outcome from probe_result
             where monitor_id = $1 and region = $2 order by tick_at",
        )
        .bind(self.id)
        .bind(self.region.as_str())
        .fetch_all(database)
        .await?;
        let count = |outcome: &str| rows.iter().filter(|(_, it)| it == outcome).count();
        Ok(Table {
            interval_s: self.interval_s,
            success: count("success"),
            failure: count("failure"),
            missed: count("missed"),
            #[expect(clippy::cast_possible_truncation, reason = "seconds of this century")]
            ticks: rows
                .iter()
                .map(|(at, _)| (at * 1_000.0).round() as i64)
                .collect(),
        })
    }
}

/// The stored results of a monitor.
struct Table {
    interval_s: i64,
    /// In Unix milliseconds.
    ticks: Vec<i64>,
    success: usize,
    failure: usize,
    missed: usize,
}

impl Table {
    /// From the first result on: a result for each instant of one phase, and none besides.
    fn is_whole_until(&self, end_s: i64) -> Result<(), String> {
        let interval_ms = self.interval_s * 1_000;
        let (Some(first), Some(last)) = (self.ticks.first(), self.ticks.last()) else {
            return Err("no result yet".to_owned());
        };
        let stored: BTreeSet<i64> = self.ticks.iter().copied().collect();
        let expected: BTreeSet<i64> = (*first..=*last)
            .step_by(usize::try_from(interval_ms).expect("small"))
            .collect();
        let mut wrong = String::new();
        for hole in expected.difference(&stored) {
            write!(wrong, " {hole} is missing;").expect("memory");
        }
        for double in stored.difference(&expected) {
            write!(wrong, " {double} is beside the phase;").expect("memory");
        }
        if stored.len() != self.ticks.len() {
            wrong.push_str(" one is there twice;");
        }
        if *last < end_s * 1_000 {
            write!(wrong, " {last} is the last one, before {end_s} s").expect("memory");
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(format!("{self}:{wrong}"))
        }
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            interval_s,
            ticks,
            success,
            failure,
            missed,
        } = self;
        write!(
            f,
            "every {interval_s} s: {} stored, {success} success, {failure} failure, {missed} missed",
            ticks.len()
        )
    }
}
