use chrono::{Days, TimeDelta};
use contract::access;
use contract::event::{Event, StateChanged};
use contract::monitor::State;
use contract::subject;

use crate::deployment::Deployment;
use crate::messages::now;

#[tokio::test]
async fn closed_days_are_frozen_and_today_follows_what_happens() {
    let mut deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await.id;
    // It stays the same when a new day begins meanwhile.
    let today = now().date_naive();
    let noon = today.and_hms_opt(12, 0, 0).expect("a time").and_utc();
    let created_at = noon - TimeDelta::days(3);
    let processor = deployment.bus(access::PROCESSOR).await;
    let changes = [
        (State::Unknown, State::Up, created_at),
        (State::Up, State::Down, created_at + TimeDelta::hours(11)),
        (State::Down, State::Up, created_at + TimeDelta::hours(14)),
    ];
    for (sequence, (from, to, at)) in (1..).zip(changes) {
        let reason = "because".to_owned();
        let event = Event::StateChanged(StateChanged {
            detail: None,
            monitor,
            sequence,
            from,
            to,
            at,
            reason,
        });
        let subject = subject::event(event.kind(), owner.tenant);
        processor
            .publish(&subject, &event.message_id(), &event)
            .await
            .expect("acknowledged");
    }
    deployment
        .eventually_count(owner.tenant, "state_change", 3)
        .await;
    let mut transaction = deployment.begin(owner.tenant).await;
    sqlx::query("update monitor set created_at = $1")
        .bind(noon - TimeDelta::days(30))
        .execute(&mut *transaction)
        .await
        .expect("made older");
    transaction.commit().await.expect("committed");
    deployment.stop_store().await;
    deployment.start_store().await;
    // All but the day that may still be open, for some minutes after midnight.
    let frozen = format!("uptime_day where day <= '{}'", today - Days::new(2));
    deployment.eventually_count(owner.tenant, &frozen, 29).await;
    let page = deployment.first_page("acme").await;
    let days = &page.groups[0].components[0].days;
    let seconds = |back| {
        let day = days.iter().find(|day| day.date == today - Days::new(back));
        let uptime = day.expect("a day").uptime;
        [uptime.up_s, uptime.down_s, uptime.unknown_s].map(|s| s / 3_600)
    };
    assert_eq!(seconds(4), [0, 0, 24]);
    assert_eq!(seconds(3), [11, 1, 12]);
    assert_eq!(seconds(2), [22, 2, 0]);
    assert_eq!(seconds(1), [24, 0, 0]);
    assert_eq!(
        days[..50]
            .iter()
            .map(|day| day.uptime.unknown_s)
            .sum::<i64>(),
        0
    );
    deployment.stop().await;
}
