//! Pages in a real browser: live without a reload, and clean.

mod axe;
mod dashboard;
mod host;
mod journey;
mod look;
mod members;
mod outage;
mod pages;
mod rule;
mod status_page;

use system_tests::browser::Browser;
use system_tests::environment::Plan;
use system_tests::{Environment, Story, facts};

/// What every fact needs.
pub(crate) struct Stage {
    pub(crate) environment: Environment,
    pub(crate) browser: Browser,
}

#[tokio::test]
async fn pages_work_in_a_real_browser() {
    let environment = Environment::up(Plan {
        demo: true,
        ..Plan::default()
    })
    .await;
    let browser = Browser::start().await;
    let stage = Stage {
        environment,
        browser,
    };
    let mut story = Story::default();
    facts!(story, &stage;
        dashboard::a_wrong_password_is_told_beside_the_form,
        dashboard::a_person_signs_in_and_every_page_of_the_dashboard_is_clean,
        dashboard::a_pushed_sample_appears_in_the_chart_without_a_reload,
        members::a_viewer_who_is_invited_comes_in_and_cannot_edit,
        outage::somebody_signs_up_and_sees_a_monitor_go_down_and_recover,
        host::a_host_is_added_and_its_chart_is_drawn,
        rule::a_rule_is_tried_and_created_and_its_alert_arrives,
        journey::a_notification_and_a_point_lead_to_their_traces,
        journey::a_fault_is_switched_on_seen_everywhere_and_cleared,
        status_page::it_goes_down_and_recovers_without_a_reload,
        status_page::it_is_complete_without_javascript,
        pages::a_page_is_made_published_and_seen_on_its_own_host,
        look::dashboard_and_status_page_have_their_picture_taken,
        axe::no_page_keeps_anybody_out,
    );
    stage.browser.stop().await;
    stage.environment.end(story).await;
}
