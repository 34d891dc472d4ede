use chrono::TimeDelta;
use contract::event::Event;
use contract::monitor::State::{Degraded, Down, Paused, Unknown, Up};

use super::*;
use crate::rules::model::world::{A, B, C, World, at};

#[test]
fn a_first_success_says_that_it_is_up() {
    let mut world = World::new(&[A, B, C]);
    assert_eq!(world.state(), Unknown);
    world.success(A, 0);
    assert_eq!(world.state(), Up);
    assert_eq!(world.memory.reason, "all regions succeed");
    assert_eq!(world.memory.since, at(0));
}

#[test]
fn a_first_failure_alone_says_nothing() {
    let mut world = World::new(&[A]);
    world.failure(A, 0);
    assert_eq!(world.state(), Unknown);
    world.failure(A, 10);
    assert_eq!(world.state(), Down);
    assert_eq!(world.memory.since, at(0));
}

#[test]
fn down_takes_a_strict_majority_that_failed_often_enough() {
    let mut world = World::up(&[A, B, C]);
    world.failure(A, 10);
    world.failure(B, 11);
    world.success(C, 12);
    assert_eq!(world.state(), Up, "nobody failed twice in a row");
    world.failure(A, 20);
    assert_eq!(world.state(), Degraded, "a minority fails");
    world.failure(B, 21);
    assert_eq!(world.state(), Down);
    assert_eq!(world.memory.reason, "2 of 3 regions failed twice");
}

#[test]
fn half_of_the_regions_is_no_majority() {
    let mut world = World::up(&[A, B]);
    for tick in [10, 20, 30] {
        world.failure(A, tick);
        world.success(B, tick + 1);
    }
    assert_eq!(world.state(), Degraded);
    assert_eq!(
        world.memory.advisory.as_deref(),
        Some("failing from Frankfurt (1 of 2 regions)")
    );
}

#[test]
fn an_incident_starts_at_the_first_failing_check() {
    let mut world = World::up(&[A, B, C]);
    for tick in [10, 20] {
        world.failure(A, tick);
        world.failure(B, tick + 2);
    }
    let incident = world.memory.incident.clone().expect("an incident");
    assert_eq!(incident.started_at, at(10));
    assert_eq!(world.memory.since, at(10));
}

#[test]
fn a_region_that_failed_alone_for_long_does_not_date_the_incident() {
    let mut world = World::up(&[A, B, C]);
    for tick in (10..=300).step_by(10) {
        world.failure(A, tick);
        world.success(B, tick + 1);
        world.success(C, tick + 2);
    }
    assert_eq!(world.state(), Degraded);
    world.failure(B, 311);
    world.failure(A, 320);
    world.failure(B, 321);
    assert_eq!(world.state(), Down);
    assert_eq!(world.memory.since, at(311));
}

#[test]
fn one_success_recovers_and_more_if_so_configured() {
    let mut world = World::down(&[A]);
    world.success(A, 30);
    assert_eq!(world.state(), Up);
    assert_eq!(world.memory.since, at(30));

    let mut world = World::down(&[A]);
    world.monitor.spec.success_threshold = 3;
    world.success(A, 30);
    world.success(A, 40);
    assert_eq!(world.state(), Down);
    world.success(A, 50);
    assert_eq!(world.state(), Up);
    assert_eq!(
        world.memory.since,
        at(30),
        "dated back to the first success"
    );
}

#[test]
fn the_same_tick_again_or_an_older_one_changes_nothing() {
    let mut world = World::up(&[A]);
    world.failure(A, 20);
    let before = world.memory.clone();
    world.failure(A, 20);
    world.success(A, 20);
    world.failure(A, 10);
    assert_eq!(world.memory, before);
}

#[test]
fn a_missed_check_is_no_vote() {
    let mut world = World::up(&[A]);
    let before = world.memory.clone();
    world.missed(A, 10);
    assert_eq!(world.memory, before);
}

#[test]
fn a_region_that_is_not_asked_has_no_vote() {
    let mut world = World::up(&[A]);
    world.failure(B, 10);
    world.failure(B, 20);
    assert_eq!(world.state(), Up);
    assert_eq!(world.memory.regions.len(), 1);
}

#[test]
fn silence_is_unknown_from_the_moment_the_last_result_ceased_to_count() {
    let mut world = World::up(&[A]);
    world.sweep(22);
    assert_eq!(world.state(), Up);
    world.sweep(40);
    assert_eq!(world.state(), Unknown);
    assert_eq!(world.memory.since, at(22));
    assert_eq!(
        world.memory.reason,
        "no result from the only region since 14:00:00 UTC on 20 Nov"
    );
}

#[test]
fn silent_regions_do_not_vote() {
    let mut world = World::up(&[A, B, C]);
    for tick in [40, 50] {
        world.failure(A, tick);
    }
    assert_eq!(world.state(), Down, "one of one fresh region fails");
    assert_eq!(world.memory.reason, "1 of 1 region failed twice");
}

#[test]
fn a_silence_within_an_outage_neither_ends_nor_repeats_the_incident() {
    let mut world = World::down(&[A]);
    let incident = world.memory.incident.clone();
    world.sweep(200);
    assert_eq!(
        (world.state(), &world.memory.incident),
        (Unknown, &incident)
    );
    world.failure(A, 210);
    world.failure(A, 220);
    assert_eq!((world.state(), &world.memory.incident), (Down, &incident));
    assert_eq!(world.opened(), 1);
    world.success(A, 230);
    assert_eq!((world.opened(), world.resolved()), (1, 1));
}

#[test]
fn a_region_that_was_silent_begins_anew() {
    let mut world = World::up(&[A, B]);
    world.failure(A, 10);
    for tick in (10..=100).step_by(10) {
        world.success(B, tick);
    }
    world.failure(A, 100);
    assert_eq!(
        world.state(),
        Up,
        "two failures with a silence between them"
    );
    world.failure(A, 110);
    assert_eq!(world.state(), Degraded);
}

#[test]
fn slow_is_degraded_and_a_slow_minority_is_said() {
    let mut world = World::up(&[A, B, C]);
    world.monitor.spec.check.degraded_ms = Some(300);
    for tick in [10, 20] {
        world.slow(A, tick, 512.4);
        world.success(B, tick + 1);
        world.success(C, tick + 2);
    }
    assert_eq!(world.state(), Degraded);
    assert_eq!(
        world.memory.advisory.as_deref(),
        Some("slow from Frankfurt (1 of 3 regions)")
    );
    world.slow(B, 31, 480.0);
    world.slow(B, 41, 480.0);
    assert_eq!(world.memory.advisory, None, "now it is a majority");
    assert_eq!(
        world.memory.reason,
        "2 of 3 regions slower than 300 ms: 512 ms from Frankfurt"
    );
    world.success(A, 42);
    world.success(B, 51);
    assert_eq!(world.state(), Up);
    assert_eq!(world.opened(), 0);
}

#[test]
fn pausing_ends_the_incident_and_going_on_begins_with_nothing() {
    let mut world = World::down(&[A]);
    world.monitor.spec.paused = true;
    world.sweep(30);
    assert_eq!((world.state(), world.resolved()), (Paused, 1));
    world.failure(A, 30);
    assert_eq!(world.state(), Paused);
    world.monitor.spec.paused = false;
    world.sweep(60);
    assert_eq!(world.state(), Unknown);
    world.success(A, 60);
    assert_eq!(world.state(), Up);
}

#[test]
fn a_result_from_the_future_is_no_vote() {
    let mut world = World::up(&[A]);
    let result = world.result(A, 500, true);
    assert!(!world.observe(&result, at(10)));
    world.failure(A, 10);
    world.failure(A, 20);
    assert_eq!(world.state(), Down);
}

#[test]
fn a_clock_that_went_back_does_not_silence_a_region_for_long() {
    let mut world = World::new(&[A]);
    world.success(A, 5_000);
    world.success(A, 10);
    assert_eq!(
        world.memory.regions[&world.monitor.spec.regions[0]].tick_at,
        at(10)
    );
    assert_eq!(world.state(), Up);
}

#[test]
fn changes_are_events_in_order_with_ids_that_follow_from_them() {
    let mut world = World::down(&[A]);
    world.success(A, 30);
    let ids: Vec<String> = world.events.iter().map(Event::message_id).collect();
    let incident = IncidentOpened::incident_id(world.monitor.id, 2);
    assert_eq!(
        ids,
        [
            format!("state-changed:{}:1", world.monitor.id),
            format!("state-changed:{}:2", world.monitor.id),
            format!("incident-opened:{incident}"),
            format!("state-changed:{}:3", world.monitor.id),
            format!("incident-resolved:{incident}"),
        ]
    );
    let Event::IncidentResolved(resolved) = &world.events[4] else {
        panic!("{:?}", world.events);
    };
    assert_eq!(
        resolved.resolved_at - resolved.started_at,
        TimeDelta::seconds(20)
    );
}

#[test]
fn the_status_shows_the_votes() {
    let mut world = World::up(&[A, B]);
    world.failure(A, 10);
    let status = world.memory.status();
    let votes: Vec<_> = status
        .votes
        .iter()
        .map(|vote| (vote.region.as_str(), vote.ok, vote.count))
        .collect();
    assert_eq!(votes, [("eu-central", false, 1), ("us-east", true, 1)]);
}

/// Down at `begin` and up again ten seconds after the second failure.
fn outage(world: &mut World, begin: i64) {
    for tick in [begin, begin + 10] {
        world.failure(A, tick);
    }
    world.success(A, begin + 20);
}

#[test]
fn the_third_outage_in_half_an_hour_ends_when_it_stays_up() {
    let mut world = World::up(&[A]);
    for begin in [10, 40, 70] {
        outage(&mut world, begin);
    }
    assert_eq!((world.opened(), world.resolved()), (3, 2));
    assert_eq!(world.state(), Up, "the state is told as it is");
    outage(&mut world, 100);
    assert_eq!(
        (world.opened(), world.resolved()),
        (3, 2),
        "no new incident"
    );
    for tick in (130..=410).step_by(10) {
        world.success(A, tick);
    }
    assert_eq!(world.resolved(), 2, "not yet five minutes");
    world.success(A, 420);
    assert_eq!(world.resolved(), 3);
    let Some(Event::IncidentResolved(resolved)) = world.events.last() else {
        panic!("{:?}", world.events);
    };
    assert_eq!(
        resolved.resolved_at,
        at(120),
        "dated back to the first success"
    );
    assert_eq!(resolved.reason, "all regions succeed for 5 min");
}

#[test]
fn outages_that_are_far_apart_are_told_one_by_one() {
    let mut world = World::up(&[A]);
    for begin in [10, 1_000, 2_000, 3_000] {
        outage(&mut world, begin);
    }
    assert_eq!((world.opened(), world.resolved()), (4, 4));
}

#[test]
fn what_happens_during_planned_work_is_no_outage() {
    let mut world = World::up(&[A]);
    world.memory.planned = Some("Upgrade".to_owned());
    world.sweep(5);
    assert_eq!(world.state(), State::Maintenance);
    assert_eq!(world.memory.reason, "planned work: Upgrade");
    world.failure(A, 10);
    world.failure(A, 20);
    assert_eq!((world.state(), world.opened()), (State::Maintenance, 0));
    world.memory.planned = None;
    world.sweep(25);
    assert_eq!(world.state(), Down, "it did not come back");
    assert_eq!(
        world.memory.since,
        at(25),
        "and that counts from the end of the work"
    );
}

#[test]
fn planned_work_ends_an_incident() {
    let mut world = World::down(&[A]);
    world.memory.planned = Some("Repair".to_owned());
    world.sweep(21);
    assert_eq!((world.opened(), world.resolved()), (1, 1));
}
