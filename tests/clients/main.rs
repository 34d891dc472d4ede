//! Real clients, each a process of its own, that use a whole environment with what they have.

mod blackbox;
mod guide;
mod open_api;
mod open_telemetry;
mod prometheus;

use system_tests::environment::Plan;
use system_tests::{Environment, Story, facts};

#[tokio::test]
async fn clients_that_know_nothing_of_us_are_understood() {
    let environment = Environment::up(Plan::default()).await;
    let mut story = Story::default();
    facts!(story, &environment;
        prometheus::a_prometheus_loses_nothing_by_its_own_account,
        blackbox::a_prometheus_probes_through_a_prober_that_stands_alone,
        open_telemetry::the_sdk_of_python_pushes_what_is_read_back,
        open_api::every_answer_of_ingress_is_as_its_document_says,
        open_api::every_answer_of_the_frontend_is_as_its_document_says,
        guide::the_guide_of_the_api_does_what_it_says,
    );
    environment.end(story).await;
}
