//! What users and operators are promised, proved on a whole environment.

mod checks;
mod crash;
mod faults;
mod input;
mod pages;
mod privilege;
mod samples;
mod scenarios;
mod tenants;
mod tokens;

use system_tests::environment::Plan;
use system_tests::{Environment, Story, facts};

#[tokio::test]
async fn a_running_environment_keeps_its_promises() {
    let environment = Environment::up(Plan {
        demo: true,
        ..Plan::default()
    })
    .await;
    let mut story = Story::default();
    facts!(story, &environment;
        samples::a_pushed_sample_is_read_back_within_two_seconds,
        samples::a_push_that_is_repeated_changes_nothing,
        pages::the_status_page_names_monitors_and_their_states_in_its_html,
        pages::the_status_page_of_nobody_is_not_found,
        checks::a_target_that_goes_down_is_an_incident_a_webhook_and_a_line_on_the_status_page,
        tokens::a_revoked_token_is_refused_within_a_second,
        tokens::a_token_may_only_do_what_it_is_for,
        tenants::a_tenant_sees_nothing_of_another,
        privilege::no_nats_user_may_do_what_is_not_its_work,
        input::a_push_that_cannot_be_taken_gets_its_status_and_its_problem,
        input::bad_samples_are_named_and_the_good_ones_beside_them_are_stored,
        input::a_wrong_request_to_the_api_is_a_problem,
    );
    environment.end(story).await;
}

#[tokio::test]
async fn kill_minus_nine_loses_and_doubles_nothing() {
    let environment = Environment::up(Plan::default()).await;
    let mut story = Story::default();
    facts!(story, &environment;
        crash::every_acknowledged_sample_is_stored_once_whoever_is_killed,
        crash::an_incident_is_told_once_whoever_is_killed,
    );
    environment.end(story).await;
}

#[tokio::test]
async fn whatever_becomes_of_the_log_answers_are_honest() {
    let environment = Environment::up(Plan::default()).await;
    let mut story = Story::default();
    facts!(story, &environment;
        faults::a_full_log_takes_nothing_and_says_so,
        faults::a_log_that_hangs_or_ends_loses_and_doubles_nothing,
        faults::an_agent_catches_up_in_order_whatever_was_away,
    );
    environment.end(story).await;
}

#[tokio::test]
async fn whatever_is_broken_on_purpose_nothing_is_lost() {
    let environment = Environment::up(Plan::default()).await;
    let mut story = Story::default();
    facts!(story, &environment;
        scenarios::every_scenario_ends_as_its_lesson_says,
        scenarios::a_load_is_stored_as_it_was_acknowledged,
    );
    environment.end(story).await;
}
