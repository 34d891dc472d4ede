use bus::Bus;
use chrono::TimeDelta;
use contract::access;
use contract::channel::{self, Deliveries, Delivery, DeliveryOutcome};
use contract::event::{Event, IncidentOpened, IncidentResolved, StateChanged};
use contract::id::{MonitorId, NotificationId, TenantId};
use contract::incident::{self, Status};
use contract::monitor::{Read, State};
use contract::subject;
use testkit::eventually;

use crate::deployment::{Deployment, SOON};
use crate::messages::now;

/// Twice, as after a crash: the stream does not know that it is the same.
async fn happen_twice(processor: &Bus, tenant: TenantId, event: &Event) {
    let subject = subject::event(event.kind(), tenant);
    for _ in 0..2 {
        let id = uuid::Uuid::now_v7().to_string();
        processor
            .publish(&subject, &id, event)
            .await
            .expect("acknowledged");
    }
}

fn change(monitor: MonitorId, sequence: u64, from: State, to: State, age_s: i64) -> Event {
    Event::StateChanged(StateChanged {
        detail: None,
        monitor,
        sequence,
        from,
        to,
        at: now() - TimeDelta::seconds(age_s),
        reason: format!("became {}", to.as_str()),
    })
}

#[tokio::test]
async fn an_outage_is_told_once_with_its_beginning_and_its_end() {
    let begun_at = now();
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await.id;
    let processor = deployment.bus(access::PROCESSOR).await;
    let incident = IncidentOpened::incident_id(monitor, 2);
    let (started_at, resolved_at) = (
        now() - TimeDelta::seconds(600),
        now() - TimeDelta::seconds(300),
    );
    for event in [
        change(monitor, 1, State::Unknown, State::Up, 1_000),
        change(monitor, 2, State::Up, State::Down, 600),
        Event::IncidentOpened(IncidentOpened {
            detail: Some("connection refused".to_owned()),
            incident,
            monitor,
            monitor_name: "Front door".to_owned(),
            started_at,
            at: started_at + TimeDelta::seconds(20),
            reason: "2 of 2 regions failed twice".to_owned(),
        }),
        change(monitor, 3, State::Down, State::Up, 300),
        Event::IncidentResolved(IncidentResolved {
            incident,
            monitor,
            monitor_name: "Front door".to_owned(),
            started_at,
            resolved_at,
            reason: "all regions succeed".to_owned(),
        }),
    ] {
        happen_twice(&processor, owner.tenant, &event).await;
    }
    deployment
        .eventually_count(owner.tenant, "incident where resolved_at is not null", 1)
        .await;
    let incidents = deployment
        .ask(
            &owner.caller,
            incident::List {
                limit: 10,
                before: None,
            },
        )
        .await
        .expect("incidents");
    assert_eq!(incidents[0].title, "Front door is down");
    assert_eq!(
        (incidents[0].started_at, incidents[0].resolved_at),
        (started_at, Some(resolved_at))
    );
    let told: Vec<_> = incidents[0]
        .updates
        .iter()
        .map(|update| update.status)
        .collect();
    assert_eq!(told, [Status::Resolved, Status::Investigating]);
    let overview = deployment
        .ask(&owner.caller, Read { id: monitor })
        .await
        .expect("a monitor");
    assert_eq!(
        (overview.status.state, overview.status.reason.as_str()),
        (State::Up, "became up")
    );
    let uptime = overview.uptime_24h;
    // It is up until it is read.
    let longest = 701 + (now() - begun_at).num_seconds();
    assert!(
        (299..=301).contains(&uptime.down_s) && (698..=longest).contains(&uptime.up_s),
        "{uptime:?}"
    );
    assert_eq!(overview.uptime_30d, uptime);
    deployment.stop().await;
}

#[tokio::test]
async fn a_late_change_does_not_undo_a_newer_state() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await.id;
    let processor = deployment.bus(access::PROCESSOR).await;
    happen_twice(
        &processor,
        owner.tenant,
        &change(monitor, 2, State::Up, State::Down, 10),
    )
    .await;
    happen_twice(
        &processor,
        owner.tenant,
        &change(monitor, 1, State::Unknown, State::Up, 20),
    )
    .await;
    // Of a monitor that is gone: passed over, and no obstacle for what follows.
    happen_twice(
        &processor,
        owner.tenant,
        &change(MonitorId::generate(), 1, State::Unknown, State::Up, 20),
    )
    .await;
    deployment
        .eventually_count(owner.tenant, "state_change", 2)
        .await;
    let overview = deployment
        .ask(&owner.caller, Read { id: monitor })
        .await
        .expect("a monitor");
    assert_eq!(overview.status.state, State::Down);
    deployment.stop().await;
}

#[tokio::test]
async fn deliveries_are_logged_for_their_channel() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let processor = deployment.bus(access::PROCESSOR).await;
    let spec = channel::Spec::webhook("On call", "https://example.com/hook");
    let created = deployment
        .ask(&owner.caller, channel::Create { spec, secret: None })
        .await
        .expect("a channel");
    let id = created.channel.id;
    let recipients = processor
        .ask(&owner.service(), &channel::Recipients {})
        .await;
    assert_eq!(recipients, Ok(vec![(id, channel::Kind::Webhook)]));
    let target = processor
        .ask(&owner.service(), &channel::ReadTarget { id })
        .await
        .expect("a target");
    assert_eq!(Some(target.secret), created.secret);
    let delivery = |attempt, outcome| Delivery {
        notification: NotificationId(uuid::Uuid::from_u128(7)),
        channel: id,
        title: "Front door is down".to_owned(),
        attempt,
        at: now() + TimeDelta::seconds(attempt.into()),
        outcome,
        detail: "HTTP 503 after 12 ms".to_owned(),
        trace: None,
    };
    let log = [
        delivery(1, DeliveryOutcome::Failed),
        delivery(2, DeliveryOutcome::Delivered),
    ];
    for attempt in &log {
        happen_twice(
            &processor,
            owner.tenant,
            &Event::DeliveryAttempted(attempt.clone()),
        )
        .await;
    }
    let read = || async {
        let log = deployment
            .ask(
                &owner.caller,
                Deliveries {
                    id,
                    limit: 10,
                    before: None,
                },
            )
            .await
            .ok()?;
        (log.len() == 2).then_some(log)
    };
    let [first, second] = log;
    assert_eq!(eventually(SOON, read).await, [second, first]);
    deployment.stop().await;
}
