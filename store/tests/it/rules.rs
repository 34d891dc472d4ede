use chrono::TimeDelta;
use contract::event::Event;
use contract::rpc::Error;
use contract::rule::{self, Rule};
use contract::{access, alert, maintenance, stream, subject};
use testkit::eventually;

use crate::deployment::{Deployment, Owner, SAMPLES, SOON};
use crate::messages::{alert_opened, batch, maintenance_spec, now, push, rule_spec};

async fn create(deployment: &Deployment, owner: &Owner, name: &str) -> Rule {
    let spec = rule_spec(name);
    let created = deployment.ask(&owner.caller, rule::Create { spec }).await;
    created.expect("created")
}

#[tokio::test]
async fn rules_and_windows_reach_their_buckets() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let processor = deployment.bus(access::PROCESSOR).await;
    let rules = processor.bucket::<Rule>(stream::RULES).await;
    let rule = create(&deployment, &owner, "Busy").await;
    let key = rule.id.to_string();
    let held = async || rules.get(&key).await.expect("an answer");
    let entry = eventually(SOON, &held).await;
    assert_eq!(entry.value, rule);
    let update = rule::Update {
        id: rule.id,
        spec: rule_spec("Very busy"),
        revision: Some(rule.revision),
    };
    let ask = || deployment.ask(&owner.caller, update.clone());
    let updated = ask().await.expect("updated");
    assert_eq!(updated.revision, 2);
    let late = ask().await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    eventually(SOON, || async {
        held().await.is_some_and(|entry| entry.value == updated)
    })
    .await;
    let delete = rule::Delete { id: rule.id };
    deployment
        .ask(&owner.caller, delete)
        .await
        .expect("deleted");
    eventually(SOON, || async { held().await.is_none() }).await;

    let windows = processor
        .bucket::<maintenance::Maintenance>(stream::MAINTENANCES)
        .await;
    let plan = maintenance::Create {
        spec: maintenance_spec(),
    };
    let planned = deployment.ask(&owner.caller, plan).await.expect("planned");
    let key = planned.id.to_string();
    let entry = eventually(SOON, || async {
        windows.get(&key).await.expect("an answer")
    })
    .await;
    assert_eq!(entry.value, planned);
    let listed = deployment.ask(&owner.caller, maintenance::List::ALL).await;
    let listed = listed.expect("windows");
    assert!(listed[0].next.is_some_and(|next| next.to > now()));
    deployment.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_field() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    create(&deployment, &owner, "Busy").await;
    let refused = async |change: fn(&mut serde_json::Value)| {
        let mut spec = serde_json::to_value(rule_spec("Other")).expect("plain data");
        change(&mut spec);
        let spec = serde_json::from_value(spec).expect("readable");
        let answer = deployment.ask(&owner.caller, rule::Create { spec }).await;
        match answer.expect_err("refused") {
            Error::Invalid { errors } => errors[0].field.clone(),
            error => format!("{error:?}"),
        }
    };
    assert_eq!(
        refused(|spec| spec["window_s"] = 0.into()).await,
        "spec.window_s"
    );
    assert_eq!(
        refused(|spec| spec["metric"] = "9".into()).await,
        "spec.metric"
    );
    assert_eq!(
        refused(|spec| spec["recover_at"] = 9.0.into()).await,
        "spec.recover_at"
    );
    assert_eq!(
        refused(|spec| spec["match"] = ["a=~b"].into()).await,
        "spec.match"
    );
    let of_nobody = |spec: &mut serde_json::Value| {
        spec["kind"] = "failing_answers".into();
        spec["monitor"] = "01900000-0000-7000-8000-000000000000".into();
        spec["more_than"] = 1.into();
    };
    assert_eq!(refused(of_nobody).await, "spec.monitor");
    assert!(
        refused(|spec| spec["name"] = "Busy".into())
            .await
            .contains("Conflict")
    );
    let mut nowhere = serde_json::to_value(maintenance_spec()).expect("plain data");
    nowhere["time_zone"] = "Mars/Base".into();
    let spec = serde_json::from_value(nowhere).expect("readable");
    let plan = maintenance::Create { spec };
    let Err(Error::Invalid { errors }) = deployment.ask(&owner.caller, plan).await else {
        panic!("accepted");
    };
    assert_eq!(errors[0].field, "spec.time_zone");
    deployment.stop().await;
}

#[tokio::test]
async fn alerts_are_kept_once_and_outlive_their_rule() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let rule = create(&deployment, &owner, "Busy").await;
    let processor = deployment.bus(access::PROCESSOR).await;
    let at = now() - TimeDelta::minutes(5);
    let opened = alert_opened(&rule, at);
    let resolved = alert::Resolved {
        subject: opened.subject.clone(),
        resolved_at: at + TimeDelta::minutes(1),
        reason: "no longer above".to_owned(),
        notify: true,
    };
    let reminded = alert::Reminded {
        subject: opened.subject.clone(),
        number: 2,
        at,
        reason: String::new(),
    };
    let events = [
        Event::AlertOpened(opened.clone()),
        Event::AlertReminded(reminded),
        Event::AlertResolved(resolved),
        Event::AlertOpened(opened),
    ];
    for (number, event) in events.iter().enumerate() {
        let subject = subject::event(event.kind(), owner.tenant);
        let id = number.to_string();
        let sent = processor.publish(&subject, &id, event).await;
        sent.expect("acknowledged");
    }
    let list = alert::List {
        rule: Some(rule.id),
        open_only: false,
        limit: 9,
        before: None,
    };
    let alerts = eventually(SOON, || async {
        let alerts = deployment
            .ask(&owner.caller, list.clone())
            .await
            .expect("an answer");
        alerts
            .first()
            .is_some_and(|it| it.resolved_at.is_some())
            .then_some(alerts)
    })
    .await;
    assert_eq!((alerts.len(), alerts[0].reminders), (1, 2));
    assert_eq!(alerts[0].labels["host"], "a");
    let delete = rule::Delete { id: rule.id };
    deployment
        .ask(&owner.caller, delete)
        .await
        .expect("deleted");
    let all = alert::List { rule: None, ..list };
    let alerts = deployment.ask(&owner.caller, all).await.expect("an answer");
    assert_eq!((alerts.len(), alerts[0].rule), (1, None));
    assert_eq!(alerts[0].rule_name, "Busy");
    deployment.stop().await;
}

#[tokio::test]
async fn a_rule_is_tried_against_what_is_stored() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let newest = now();
    let values: Vec<f64> = (0..120).map(|n| if n < 60 { 0.1 } else { 0.9 }).collect();
    let pushed = batch("cpu", &[("host", "a")], newest, &values);
    push(&ingress, owner.tenant, "1", &pushed).await;
    deployment
        .eventually_count(owner.tenant, "sample", 120)
        .await;
    let to_ms = newest.timestamp_millis();
    let tried = rule::Backtest {
        spec: rule_spec("Tried"),
        from_ms: to_ms - 120_000,
        to_ms,
    };
    let found = deployment
        .ask(&owner.caller, tried)
        .await
        .expect("an answer");
    assert_eq!((found.step_s, found.fired.len()), (1, 1));
    assert_eq!(found.fired[0].labels["host"], "a");
    let after = found.fired[0].opened_at - newest;
    assert!((-60..=-58).contains(&after.num_seconds()), "{after}");
    assert_eq!(found.fired[0].resolved_at, None);
    let past = rule::ReadPast {
        condition: rule_spec("Tried").condition,
        from_ms: to_ms - 10_000,
        to_ms: to_ms + 1,
        skip: 0,
    };
    let page = deployment.ask(&owner.service(), past).await;
    let page = page.expect("an answer");
    assert_eq!((page.past[0].points.len(), page.next), (11, None));
    deployment.stop().await;
}

#[tokio::test]
async fn a_long_past_is_told_page_by_page() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let ingress = deployment.bus(access::INGRESS).await;
    let newest = now();
    let values = vec![0.5; 9_000];
    for host in ["a", "b", "c"] {
        let pushed = batch("cpu", &[("host", host)], newest, &values);
        push(&ingress, owner.tenant, host, &pushed).await;
    }
    deployment
        .eventually_count(owner.tenant, SAMPLES, 27_000)
        .await;
    let mut question = crate::access::read_past();
    question.from_ms = newest.timestamp_millis() - 10_000_000;
    let (mut series, mut points, mut pages) = (0, 0, 0);
    loop {
        let page = deployment.ask(&owner.service(), question.clone()).await;
        let page = page.expect("an answer");
        series += page.past.len();
        points += page.past.iter().map(|it| it.points.len()).sum::<usize>();
        pages += 1;
        let Some(next) = page.next else { break };
        question.skip = next;
    }
    assert_eq!((series, points, pages), (3, 27_000, 3));
    deployment.stop().await;
}
