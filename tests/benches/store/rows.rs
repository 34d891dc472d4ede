//! What we did not choose: a year of plain rows, asked by SQL, as partitions of Postgres or as a hypertable.
//!
//! The statement is the best we know: one series by its key, a step of SQL's own. No network, no tenant, no sketches: what is
//! compared with it has all of them on top.

use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;
use system_tests::bench::{Better, Report, quantile_ms};
use system_tests::story::say;

use crate::rig::Rig;

/// Scraped every half minute.
const SERIES: i64 = if cfg!(debug_assertions) { 4 } else { 20 };
const STEP_S: i64 = 30;
const DAYS: i64 = 365;
const MAX_POINTS: i64 = 2_000;
const ROUNDS: i64 = if cfg!(debug_assertions) { 5 } else { 60 };
const HOUR_S: i64 = 3_600;

pub(crate) async fn measure(rig: &Rig, report: &mut Report) {
    let begun = Instant::now();
    for statement in layout(rig).await {
        run(rig, statement).await;
    }
    let made = Instant::now();
    let rows = run(rig, insert()).await;
    say(&format!(
        "      {rows} plain rows in {:.0?}, their partitions in {:.0?}",
        made.elapsed(),
        made - begun
    ));
    run(rig, "vacuum analyze plain".to_owned()).await;
    for (name, hours) in [
        ("hour", 1),
        ("day", 24),
        ("week", 7 * 24),
        ("year", DAYS * 24),
    ] {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            times.push(ask(rig, round % SERIES, hours).await);
        }
        // The first round reads from disk and plans.
        let warm = &mut times[1..];
        for (label, share) in [("p50", 0.5), ("p99", 0.99)] {
            let name = format!("store.plain_rows_{name}_range_{label}_ms");
            report.add(&name, quantile_ms(warm, share), "ms", Better::Lower);
        }
    }
}

/// Chunks of a day each, as both ways advise for a year.
async fn layout(rig: &Rig) -> Vec<String> {
    let columns = "series_id bigint not null, ts timestamptz not null, value double precision not null, primary key (series_id, ts)";
    let timescale = rig.number("select count(*) from pg_extension where extname = 'timescaledb'");
    if timescale.await == 1 {
        return vec![
            format!("create table plain ({columns})"),
            "select create_hypertable('plain', 'ts', chunk_time_interval => interval '1 day')"
                .to_owned(),
        ];
    }
    let table = format!("create table plain ({columns}) partition by range (ts)");
    let partitions = format!(
        "do $$ begin for day in -1..{DAYS} loop execute format('create table plain_%s partition of plain for values from (%L) to (%L)',
            day + 1, date_trunc('day', now()) - make_interval(days => day), date_trunc('day', now()) - make_interval(days => day - 1)); end loop; end $$"
    );
    vec![table, partitions]
}

fn insert() -> String {
    format!(
        "insert into plain select id, at, 0.25 + 0.0001 * mod(id * 7919 + extract(epoch from at)::bigint, 1000)
        from generate_series(now() - interval '{DAYS} days', now(), '{STEP_S} seconds') as at, generate_series(0, {SERIES} - 1) as id"
    )
}

async fn ask(rig: &Rig, series: i64, hours: i64) -> Duration {
    let step_s = (hours * HOUR_S / MAX_POINTS).max(STEP_S);
    let statement = format!(
        "select date_bin('{step_s} seconds', ts, 'epoch') as step, avg(value) from plain
        where series_id = {series} and ts >= now() - interval '{hours} hours' group by step order by step"
    );
    let begun = Instant::now();
    let points = run(rig, statement).await;
    assert!(points > 0, "nothing was found");
    begun.elapsed()
}

/// How many rows came back or were written.
async fn run(rig: &Rig, statement: String) -> u64 {
    let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&rig.pool);
    done.await
        .expect("a statement that is right")
        .rows_affected()
}
