//! From pushes and results to alerts, whatever dies in between.

use std::collections::BTreeSet;

use contract::event::Event;
use contract::metric::Labels;
use contract::rule::Rule;
use contract::rule::memory::Memory;
use contract::rule::points::Group;
use contract::{stream, subject};
use serde_json::json;
use testkit::eventually;

use crate::stage::{A, B, DEADLINE, Stage, ago};

#[tokio::test]
async fn a_push_beyond_the_limit_is_one_alert_and_its_end_resolves_it() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    stage.rule(&json!({})).await;
    for value in [20.0, 95.0] {
        stage.push(value).await;
    }
    let alerts = stage.until_alerts(&["alert-opened"]).await;
    stage.push(97.0).await;
    let Event::AlertOpened(opened) = &alerts[0] else {
        panic!("{alerts:?}");
    };
    assert_eq!(opened.reason, "max of temperature over 5 s is 95, above 90");
    let told = stage.receiver.wait_for(1, DEADLINE).await;
    let body: serde_json::Value = told[0].json();
    assert_eq!(body["type"], "alert.opened");
    assert_eq!(body["data"]["title"], "Hot");
    // The hot values leave the window by themselves; nothing more is pushed but a cool one.
    let cool = async || {
        stage.push(20.0).await;
        stage.alerts().len() == 2
    };
    eventually(DEADLINE, cool).await;
    let told = stage.receiver.wait_for(2, DEADLINE).await;
    assert_eq!(
        told[1].json::<serde_json::Value>()["type"],
        "alert.resolved"
    );
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn patience_and_silence_are_judged_by_the_clock() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let hot = stage.rule(&json!({"for_s": 2, "window_s": 60})).await;
    let silent = json!({"name": "Silent", "kind": "no_data", "silent_s": 10});
    let silent = stage.rule(&silent).await;
    stage.push(95.0).await;
    let alerts = stage.until_alerts(&["alert-opened", "alert-opened"]).await;
    let rules: Vec<_> = alerts.iter().filter_map(rule_of).collect();
    assert_eq!(rules, [hot.id, silent.id]);
    let Event::AlertOpened(opened) = &alerts[0] else {
        panic!("{alerts:?}");
    };
    let waited = opened.at - opened.subject.started_at;
    assert!(waited >= chrono::TimeDelta::seconds(2), "{waited}");
    processor.stop().await;
    stage.strike().await;
}

fn rule_of(event: &Event) -> Option<contract::id::RuleId> {
    match event {
        Event::AlertOpened(opened) => Some(opened.subject.rule),
        _ => None,
    }
}

#[tokio::test]
async fn rules_look_at_results_and_states_of_monitors() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    let failing = json!({"name": "Failing", "kind": "failing_answers", "monitor": monitor.id,
        "class": "failure", "more_than": 3, "window_s": 60});
    let failing = stage.rule(&failing).await;
    let down =
        json!({"name": "Down", "kind": "monitor_state", "monitor": monitor.id, "states": ["down"]});
    let down = stage.rule(&down).await;
    stage.outage(&monitor).await;
    let alerts = stage.until_alerts(&["alert-opened", "alert-opened"]).await;
    let mut rules: Vec<_> = alerts.iter().filter_map(rule_of).collect();
    rules.sort();
    assert_eq!(rules, [failing.id, down.id]);
    stage.recovery(&monitor).await;
    let opened = "alert-opened";
    let alerts = stage
        .until_alerts(&[opened, opened, "alert-resolved"])
        .await;
    let Some(Event::AlertResolved(resolved)) = alerts.last() else {
        panic!("{alerts:?}");
    };
    assert_eq!(resolved.subject.rule, down.id);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn what_is_not_watched_any_more_is_resolved() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let deleted = stage.rule(&json!({"window_s": 600})).await;
    let mut paused = stage.rule(&json!({"name": "Warm", "window_s": 600})).await;
    stage.push(95.0).await;
    stage.until_alerts(&["alert-opened", "alert-opened"]).await;
    stage.delete_rule(&deleted).await;
    let (opened, resolved) = ("alert-opened", "alert-resolved");
    let alerts = stage.until_alerts(&[opened, opened, resolved]).await;
    let reason = |event: &Event| match event {
        Event::AlertResolved(resolved) => resolved.reason.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(&alerts[2]), "the rule was deleted");
    eventually(DEADLINE, || async {
        stage.memory(&deleted).await.is_none()
    })
    .await;
    paused.spec.paused = true;
    paused.revision += 1;
    stage.put_rule(&paused).await;
    let alerts = stage
        .until_alerts(&[opened, opened, resolved, resolved])
        .await;
    assert_eq!(reason(&alerts[3]), "the rule was paused");
    processor.stop().await;
    stage.strike().await;
}

/// Where a processor may die while a rule fires.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// The sample is in the stream and nobody has looked at it.
    Undecided,
    /// The decision is saved and its event is not published.
    Untold,
    /// The event is published, and the memory still says that it may not be.
    Unforgotten,
}

#[tokio::test]
async fn dying_at_any_step_of_firing_tells_once() {
    for death in [Death::Undecided, Death::Untold, Death::Unforgotten] {
        let stage = Stage::set().await;
        let rule = stage.rule(&json!({"window_s": 600})).await;
        stage.push(95.0).await;
        let memory = decided(&rule);
        let bus = stage.processor_bus().await;
        if !matches!(death, Death::Undecided) {
            let states = bus.bucket::<Memory>(stream::ALERT_STATE).await;
            let key = format!("rule.{}", rule.id);
            states.put(&key, &memory).await.expect("it may");
        }
        if matches!(death, Death::Unforgotten) {
            let event = &memory.outbox[0];
            let on = subject::event(event.kind(), stage.tenant);
            let sent = bus.publish(&on, &event.message_id(), event).await;
            sent.expect("it may");
        }
        let processor = stage.processor().await;
        stage.receiver.wait_for(1, DEADLINE).await;
        // A second alert would be told before this recovery.
        let mut rule = rule;
        rule.spec.paused = true;
        stage.put_rule(&rule).await;
        let told = stage.receiver.wait_for(2, DEADLINE).await;
        assert_eq!(told.len(), 2, "{death:?}: {told:#?}");
        stage
            .until_alerts(&["alert-opened", "alert-resolved"])
            .await;
        processor.stop().await;
        stage.strike().await;
    }
}

/// A process decided that the rule fires, and died before it could tell.
fn decided(rule: &Rule) -> Memory {
    let mut points = Group::default();
    let now = ago(0);
    points.add(&Labels::new(), &[(now.timestamp_millis(), 95.0)]);
    let mut memory = Memory::new(rule.tenant);
    memory.judge(rule, &Labels::new(), &points, None, now);
    assert_eq!(memory.outbox.len(), 1);
    memory
}

#[tokio::test]
async fn killing_the_processor_again_and_again_tells_every_alert_once() {
    let stage = Stage::set().await;
    stage.rule(&json!({"window_s": 2})).await;
    let mut processor = stage.processor().await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        stage.push(95.0).await;
        processor.kill();
        processor = stage.processor().await;
        expected.push("alert-opened");
        stage.until_alerts(&expected).await;
        expected.push("alert-resolved");
        let cool = async || {
            stage.push(20.0).await;
            stage.alerts().len() >= expected.len()
        };
        eventually(DEADLINE, cool).await;
        processor.kill();
        processor = stage.processor().await;
        stage.until_alerts(&expected).await;
    }
    // One that was killed between telling and noting it tells again, under the same identifier.
    let told = || -> BTreeSet<String> {
        let requests = stage.receiver.requests();
        requests
            .iter()
            .map(|request| request.id().to_owned())
            .collect()
    };
    eventually(DEADLINE, async || told().len() >= expected.len()).await;
    processor.stop().await;
    assert_eq!(told().len(), expected.len());
    stage.strike().await;
}

#[tokio::test]
async fn who_takes_over_knows_what_was_pushed_before() {
    let stage = Stage::set().await;
    // Only both values together are above the limit.
    let rule = json!({"aggregate": "sum", "window_s": 600, "value": 100.0});
    stage.rule(&rule).await;
    let first = stage.processor().await;
    let second = stage.processor().await;
    stage.push(60.0).await;
    let monitor = stage.monitor().await;
    stage.result(&monitor, A, ago(0), true).await;
    stage.result(&monitor, B, ago(0), true).await;
    let lane = contract::id::Partition::of(stage.tenant);
    let bus = stage.processor_bus().await;
    eventually(DEADLINE, || async {
        bus.backlog(&stream::processor_metrics(lane)).await == Ok(0)
    })
    .await;
    first.kill();
    stage.push(50.0).await;
    let alerts = stage.until_alerts(&["alert-opened"]).await;
    let Event::AlertOpened(opened) = &alerts[0] else {
        panic!("{alerts:?}");
    };
    assert_eq!(opened.value, Some(110.0));
    second.stop().await;
    stage.strike().await;
}
