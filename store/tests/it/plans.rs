//! No dashboard query reads a large table from end to end. The statements are the store's own: Postgres notes their plans.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::access;
use serde_json::Value;
use sqlx::PgPool;
use testkit::eventually;
use testkit::year::{self, Asker, Question, Scale};

use crate::deployment::Deployment;

/// Every statement's plan goes to the server's log.
const NOTED: [&str; 3] = [
    "session_preload_libraries=auto_explain",
    "auto_explain.log_min_duration=0",
    "auto_explain.log_format=json",
];
const SCALE: Scale = Scale::SMALL;
/// A table of fewer rows is quicker read as a whole.
const LARGE: f32 = 2_000.0;
const WRITTEN: Duration = Duration::from_secs(10);

#[tokio::test]
async fn no_dashboard_query_reads_a_large_table_from_end_to_end() {
    let database = testkit::database_with(&NOTED).await;
    let deployment = Deployment::start_on(database).await;
    let tenant = year::seed(&deployment.pool, SCALE).await;
    let frontend = deployment.bus(access::FRONTEND).await;
    let now_ms = service::now().timestamp_millis();
    let asker = Asker::new(&frontend, tenant, now_ms).await;
    let large = large_tables(&deployment.pool).await;
    for (name, question) in Question::all(SCALE.days) {
        let plans = asked(&deployment, &asker, question).await;
        let read: BTreeSet<_> = plans.iter().flat_map(|plan| scans(plan, &large)).collect();
        assert!(read.is_empty(), "{name} reads all of {read:?}: {plans:#?}");
        let used = plans
            .iter()
            .flat_map(tables)
            .any(|table| large.contains(&table));
        let small = [
            Question::Catalogue,
            Question::LabelValues,
            Question::Monitors,
        ]
        .contains(&question);
        assert!(used || small, "{name} used no large table: {plans:#?}");
    }
    // The same eyes see a scan where an index is missing.
    sqlx::query("alter table rollup_hour drop constraint rollup_hour_pkey")
        .execute(&deployment.pool)
        .await
        .expect("dropped");
    let hours = i64::from(SCALE.days) * 24;
    let plans = asked(&deployment, &asker, Question::Range { hours }).await;
    let read = plans.iter().flat_map(|plan| scans(plan, &large)).count();
    assert!(read > 0, "no scan was seen: {plans:#?}");
    deployment.stop().await;
}

/// The plans of everything the store did to answer.
async fn asked(deployment: &Deployment, asker: &Asker<'_>, question: Question) -> Vec<Value> {
    let before = deployment.database.log().len();
    let answered = asker.ask(question, 0).await.expect("an answer");
    assert!(answered > 0, "{question:?} was answered with nothing");
    eventually(WRITTEN, || async {
        let plans = plans(&deployment.database.log()[before..]);
        (!plans.is_empty())
            .then_some(plans)
            .ok_or("no plan was noted")
    })
    .await
}

/// Partitions and tables with many rows.
async fn large_tables(pool: &PgPool) -> BTreeSet<String> {
    let large = "select relname::text from pg_class where relkind = 'r' and reltuples >= $1";
    let names: Vec<String> = sqlx::query_scalar(large)
        .bind(LARGE)
        .fetch_all(pool)
        .await
        .expect("an answer");
    for parent in [
        "sample_block",
        "rollup_minute",
        "rollup_hour",
        "probe_result",
    ] {
        let exists = names
            .iter()
            .any(|name| name.starts_with(parent) || name.contains("_hyper_"));
        assert!(exists, "{parent} has no large partition: {names:?}");
    }
    names.into_iter().collect()
}

/// Plans of selects in a piece of the server's log, where each is JSON on lines that begin with a tab.
fn plans(log: &str) -> Vec<Value> {
    let noted = log.split("plan:\n").skip(1).map(|rest| {
        let lines = rest.lines().take_while(|line| line.starts_with('\t'));
        serde_json::from_str::<Value>(&lines.collect::<String>())
    });
    noted
        .filter_map(Result::ok)
        .filter(|noted| {
            let text = noted["Query Text"].as_str().unwrap_or_default();
            text.contains("tenant_") || !is_of_housekeeping(text)
        })
        .map(|noted| noted["Plan"].clone())
        .collect()
}

/// The store's other work goes on meanwhile; it writes, and looks straight into tables that tenants only see through views.
fn is_of_housekeeping(text: &str) -> bool {
    let straight = [
        " sample ",
        " sample_block ",
        " rollup_minute ",
        " rollup_hour ",
        " probe_result ",
    ];
    let writes = ["delete", "insert", "update"];
    straight.iter().any(|table| text.contains(table))
        || writes
            .iter()
            .any(|verb| text.trim_start().starts_with(verb))
}

/// The large tables that a plan reads from end to end.
fn scans(plan: &Value, large: &BTreeSet<String>) -> Vec<String> {
    nodes(plan)
        .into_iter()
        .filter(|node| node["Node Type"] == "Seq Scan")
        .filter_map(|node| node["Relation Name"].as_str().map(str::to_owned))
        .filter(|table| large.contains(table))
        .collect()
}

/// The tables a plan touches.
fn tables(plan: &Value) -> Vec<String> {
    let touched = nodes(plan).into_iter();
    touched
        .filter_map(|node| node["Relation Name"].as_str().map(str::to_owned))
        .collect()
}

fn nodes(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten();
    std::iter::once(plan).chain(below.flat_map(nodes)).collect()
}
