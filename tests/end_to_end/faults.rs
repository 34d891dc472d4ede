//! The log is full, hangs, ends, crashes: while a load runs, and while an agent measures.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, Info};
use async_nats::jetstream::{self, Context};
use contract::access::{DEPLOYER, inbox_prefix};
use nix::sys::signal::Signal;
use system_tests::agent::Agent;
use system_tests::load::Load;
use system_tests::push::unique;
use system_tests::story::say;
use system_tests::{Environment, stored};
use testkit::eventually;

const NATS: &str = "nats-server";
const STREAM: &str = "METRICS";
/// Until pushes are acknowledged, or refused, as they should be by now.
const SOON: Duration = Duration::from_mins(1);
const DRAINED: Duration = Duration::from_secs(90);

pub(crate) async fn a_full_log_takes_nothing_and_says_so(environment: &Environment) {
    let metric = unique("full");
    let load = Load::start(environment, &metric);
    load.flows(SOON).await;
    let before = fill_log(environment).await;
    load.is_refused(SOON).await;
    // A second refusal: the first may have been a push that a change of the stream interrupted.
    load.is_refused(SOON).await;
    widen_log(environment, before).await;
    load.flows(SOON).await;
    let acknowledged = load.stop().await;
    stored::becomes(environment, &metric, acknowledged, DRAINED).await;
}

pub(crate) async fn a_log_that_hangs_or_ends_loses_and_doubles_nothing(environment: &Environment) {
    let metric = unique("outage");
    let load = Load::start(environment, &metric);
    load.flows(SOON).await;
    environment.signal(NATS, Signal::SIGSTOP).await;
    load.is_refused(SOON).await;
    environment.signal(NATS, Signal::SIGCONT).await;
    load.flows(SOON).await;
    environment.end_with(NATS, Signal::SIGTERM).await;
    load.flows(SOON).await;
    for _ in 0..3 {
        environment.kill(NATS).await;
    }
    load.flows(SOON).await;
    let acknowledged = load.stop().await;
    stored::becomes(environment, &metric, acknowledged, DRAINED).await;
    say(&format!("      {} samples", acknowledged.samples));
}

/// Fast enough that every outage falls into many pushes.
const QUICK: [&str; 4] = ["--interval-ms", "100", "--push-ms", "300"];

pub(crate) async fn an_agent_catches_up_in_order_whatever_was_away(environment: &Environment) {
    let host = unique("host");
    let mut agent = Agent::start(environment, &host, &QUICK).await;
    pushes(environment, &host).await;
    environment.signal("ingress", Signal::SIGSTOP).await;
    agent_says(&agent, "cannot be reached").await;
    agent.restart_after_crash(&QUICK).await;
    environment.signal("ingress", Signal::SIGCONT).await;
    pushes(environment, &host).await;
    let before = fill_log(environment).await;
    agent_says(&agent, "ingress takes nothing right now (503").await;
    environment.kill("ingress").await;
    widen_log(environment, before).await;
    pushes(environment, &host).await;
    let account = agent.stop().await;
    assert_eq!(
        (account.refused, account.dropped, account.waiting_bytes),
        (0, 0, 0)
    );
    holds(environment, &host, account.pushed).await;
    whole_rounds(environment, &host).await;
    say(&format!("      {account:?}"));
}

/// Waits until something that is measured from now on is stored.
async fn pushes(environment: &Environment, host: &str) {
    let before = samples_of(environment, host).await.expect("an answer");
    holds(environment, host, before + 1).await;
}

/// Waits until this many samples of a host are stored.
async fn holds(environment: &Environment, host: &str, samples: i64) {
    eventually(DRAINED, || async {
        let now = samples_of(environment, host)
            .await
            .map_err(|error| error.to_string())?;
        (now >= samples)
            .then_some(())
            .ok_or_else(|| format!("{now} of {samples} samples"))
    })
    .await;
}

async fn samples_of(environment: &Environment, host: &str) -> sqlx::Result<i64> {
    let database = environment.database().await;
    let stored = stored::of_label(&database, &environment.tenant(), "host", host).await;
    database.close().await;
    stored
}

async fn agent_says(agent: &Agent, words: &str) {
    eventually(SOON, || async {
        let log = agent.log();
        log.contains(words).then_some(()).ok_or(log)
    })
    .await;
}

/// Every round that is stored is stored wholly: each series that is always measured has the same instants.
async fn whole_rounds(environment: &Environment, host: &str) {
    let statement = "select count(distinct instants) from (
        select array_agg(ts order by ts) as instants from series join sample on sample.series_id = series.id
        where labels ->> 'host' = $1 and (name like 'system.cpu.%' or name like 'system.memory.%' or name = 'agent.uptime')
        group by series.id) as rounds";
    let database = environment.database().await;
    eventually(DRAINED, || async {
        let mut transaction = stored::begin(&database, &environment.tenant()).await?;
        let different: i64 = sqlx::query_scalar(statement)
            .bind(host)
            .fetch_one(&mut *transaction)
            .await?;
        if different == 1 {
            Ok(())
        } else {
            Err(sqlx::Error::Protocol(format!(
                "{different} different lists of instants"
            )))
        }
    })
    .await;
    database.close().await;
}

/// Leaves the log room for a handful of messages; returns the bound that it had.
async fn fill_log(environment: &Environment) -> i64 {
    let (context, info) = log_of(environment).await;
    let held = i64::try_from(info.state.bytes).expect("a small stream");
    bound(&context, &info, held + (4 << 10)).await;
    info.config.max_bytes
}

async fn widen_log(environment: &Environment, max_bytes: i64) {
    let (context, info) = log_of(environment).await;
    bound(&context, &info, max_bytes).await;
}

async fn bound(context: &Context, info: &Info, max_bytes: i64) {
    let config = Config {
        max_bytes,
        ..info.config.clone()
    };
    context
        .update_stream(config)
        .await
        .expect("the deployer may change it");
}

async fn log_of(environment: &Environment) -> (Context, Info) {
    let client = async_nats::ConnectOptions::new()
        .user_and_password(DEPLOYER.to_owned(), environment.nats_password(DEPLOYER))
        .custom_inbox_prefix(inbox_prefix(DEPLOYER))
        .connect(environment.nats_url())
        .await
        .expect("the deployer may connect");
    let context = jetstream::new(client);
    let stream = context.get_stream(STREAM).await.expect("the stream exists");
    let info = stream.cached_info().clone();
    (context, info)
}
