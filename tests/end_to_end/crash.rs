//! kill -9, one process after the other, under a light load.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::Environment;
use system_tests::api::{Api, text};
use system_tests::load::{Account, Load};
use system_tests::push::unique;
use system_tests::stored;
use system_tests::story::say;
use testkit::eventually;
use testkit::target::{Answer, Server};
use testkit::webhook::Receiver;

use crate::checks::notices;

/// Until pushes are acknowledged again after a crash.
const RECOVERED: Duration = Duration::from_mins(1);
/// A crashed holder of a partition leaves messages that are delivered again after the acknowledgement wait of 30 s.
const DRAINED: Duration = Duration::from_secs(90);

/// While everybody is killed, a monitor's target goes down; when all is over it comes back.
pub(crate) async fn an_incident_is_told_once_whoever_is_killed(environment: &Environment) {
    let api = Api::sign_in(environment).await;
    let (target, receiver) = (Server::http().await, Receiver::start().await);
    let channel = json!({"name": "pager", "kind": "webhook", "url": receiver.url()});
    api.post("/channels", &channel).await.expect(201);
    let name = unique("watched");
    let monitor = json!({
        "name": name, "target": target.url("/"), "interval_s": 1, "timeout_ms": 1_000,
        "regions": environment.summary().regions, "public": true,
    });
    let path = format!(
        "/monitors/{}",
        text(&api.post("/monitors", &monitor).await.expect(201), "id")
    );
    state_becomes(&api, &path, "up").await;
    target.answer(Answer::status(500));
    for victim in environment.summary().pids.keys() {
        environment.kill(victim).await;
    }
    state_becomes(&api, &path, "down").await;
    target.answer(Answer::default());
    state_becomes(&api, &path, "up").await;
    let told = || {
        let all = notices(&receiver, &name).into_iter();
        all.map(|(kind, request)| (kind, request.id().to_owned()))
            .collect::<BTreeSet<_>>()
    };
    eventually(RECOVERED, || async {
        let told = told();
        let resolved = told.iter().any(|(kind, _)| kind == "incident.resolved");
        resolved.then_some(()).ok_or_else(|| format!("{told:?}"))
    })
    .await;
    let kinds: Vec<_> = told().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["incident.opened", "incident.resolved"]);
    api.delete(&path).await.success();
}

async fn state_becomes(api: &Api, path: &str, state: &str) {
    eventually(RECOVERED, || async {
        let answer = api.get(path).await;
        let monitor: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        if monitor["status"]["state"] == state {
            Ok(())
        } else {
            Err(format!("not {state}: {answer:?}"))
        }
    })
    .await;
}

pub(crate) async fn every_acknowledged_sample_is_stored_once_whoever_is_killed(
    environment: &Environment,
) {
    let metric = unique("crash");
    let load = Load::start(environment, &metric);
    load.flows(RECOVERED).await;
    for victim in environment.summary().pids.keys() {
        let begun = Instant::now();
        environment.kill(victim).await;
        let restarted = begun.elapsed();
        load.flows(RECOVERED).await;
        let flowing = begun.elapsed();
        say(&format!(
            "      {victim}: runs again after {restarted:.1?}, pushes flow after {flowing:.1?}"
        ));
    }
    let acknowledged = load.stop().await;
    stored::becomes(environment, &metric, acknowledged, DRAINED).await;
    say(&format!("      {} samples", acknowledged.samples));
    readers_see_the_same(environment, &metric, acknowledged).await;
    everybody_was_restarted(environment).await;
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the load sends whole numbers far below 2^52"
)]
async fn readers_see_the_same(environment: &Environment, metric: &str, expected: Account) {
    let api = Api::sign_in(environment).await;
    let points = api.points(metric).await.expect("an answer");
    let seen = Account {
        samples: i64::try_from(points.len()).expect("few points"),
        sum: points.iter().map(|(_, value)| *value as i64).sum(),
    };
    assert_eq!(seen, expected);
}

/// The supervisor noticed each crash once, and everything is ready again.
async fn everybody_was_restarted(environment: &Environment) {
    let now = environment.now().await;
    for victim in environment.summary().pids.keys() {
        let restarts = now.restarts.get(victim).copied().unwrap_or_default();
        assert!(restarts >= 1, "{victim}: {:?}", now.restarts);
    }
    assert_eq!(json!(now.state), json!("ready"));
}
