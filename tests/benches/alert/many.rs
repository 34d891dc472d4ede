//! Ten thousand rules over five thousand series, each of which is pushed every second.

use std::time::Duration;

use contract::stream;
use serde_json::{Value, json};
use system_tests::Environment;
use system_tests::api::get;
use system_tests::push::Pusher;
use testkit::eventually;
use tokio::time::MissedTickBehavior;

const METRIC: &str = "many_rules_load";
const HOSTS: usize = if cfg!(debug_assertions) { 10 } else { 500 };
const CORES: usize = 10;
/// Of each series: its mean and its largest value, over different times.
const RULES: [(&str, u32); 2] = [("avg", 60), ("max", 300)];
const PER_REQUEST: usize = 500;
const KNOWN: Duration = Duration::from_mins(2);

/// Describes all rules, none of which ever fires; returns when the processor may know them.
pub(crate) async fn describe(environment: &Environment) {
    let database = environment.database().await;
    let (names, specs): (Vec<String>, Vec<Value>) = specs().into_iter().unzip();
    let mut transaction = database.begin().await.expect("a transaction");
    let act_for =
        "select set_config('overseer.tenant', id::text, true) from tenant where slug = $1";
    let chosen = sqlx::query(act_for)
        .bind(environment.tenant())
        .execute(&mut *transaction)
        .await;
    chosen.expect("the tenant is there");
    let statement = "insert into rule (id, tenant_id, name, spec)
        select gen_random_uuid(), current_tenant(), made.name, made.spec
        from unnest($1::text[], $2::jsonb[]) as made (name, spec)";
    let inserted = sqlx::query(statement)
        .bind(&names)
        .bind(&specs)
        .execute(&mut *transaction)
        .await;
    assert_eq!(
        inserted.expect("the owner may").rows_affected(),
        names.len() as u64
    );
    transaction.commit().await.expect("committed");
    database.close().await;
    let url = environment.nats_monitor("/jsz?streams=true");
    eventually(KNOWN, || async {
        let state: Value = serde_json::from_str(&get(&url).await.text).unwrap_or_default();
        let mirrored = mirrored(&state);
        let all = mirrored >= names.len() as u64;
        all.then_some(())
            .ok_or_else(|| format!("{mirrored} rules are mirrored"))
    })
    .await;
}

/// Pushes every series once a second, for as long as it is polled.
pub(crate) fn push(environment: &Environment) -> impl Future<Output = ()> + Send + use<> {
    let pusher = Pusher::new(environment);
    let all: Vec<Value> = series().map(|(host, core)| sample(&host, core)).collect();
    async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            seconds.tick().await;
            for part in all.chunks(PER_REQUEST) {
                pusher.push(part).await.expect(202);
            }
        }
    }
}

fn specs() -> Vec<(String, Value)> {
    let of_series = |(host, core): (String, usize)| {
        RULES.map(|(aggregate, window_s)| {
            let name = format!("{host} {core} {aggregate}");
            let spec = json!({
                "name": name, "kind": "threshold", "metric": METRIC, "aggregate": aggregate,
                "match": [format!("host={host}"), format!("core={core}")],
                "window_s": window_s, "operator": ">", "value": 1e9,
            });
            (name, spec)
        })
    };
    series().flat_map(of_series).collect()
}

fn series() -> impl Iterator<Item = (String, usize)> {
    (0..HOSTS).flat_map(|host| (0..CORES).map(move |core| (format!("host-{host:03}"), core)))
}

fn sample(host: &str, core: usize) -> Value {
    json!({"name": METRIC, "labels": {"host": host, "core": core.to_string()}, "value": 0.5})
}

/// How many values the bucket of rules has.
fn mirrored(state: &Value) -> u64 {
    let bucket = format!("KV_{}", stream::RULES.name);
    let accounts = state["account_details"].as_array().into_iter().flatten();
    let mut streams =
        accounts.flat_map(|account| account["stream_detail"].as_array().into_iter().flatten());
    let found = streams.find(|stream| stream["name"] == bucket.as_str());
    found.map_or(0, |stream| {
        stream["state"]["messages"].as_u64().unwrap_or_default()
    })
}
