//! `cargo preview scenario` and `load`, as a person types them.

use std::time::Duration;

use system_tests::Environment;
use system_tests::environment::preview;
use system_tests::story::say;

/// All scenarios, as quickly as they can be played.
const PLAYED: Duration = Duration::from_mins(5);

pub(crate) async fn every_scenario_ends_as_its_lesson_says(environment: &Environment) {
    run(environment, &["scenario", "all", "--quick"]).await;
}

pub(crate) async fn a_load_is_stored_as_it_was_acknowledged(environment: &Environment) {
    let words = "load --hosts 3 --services 2 --rate 1000 --for 3s --monitors 6";
    let words: Vec<&str> = words.split(' ').collect();
    run(environment, &words).await;
}

async fn run(environment: &Environment, words: &[&str]) {
    let mut command = preview(words);
    command.args(["--name", &environment.summary().name]);
    command.current_dir(preview_envs::workspace::root());
    command.kill_on_drop(true);
    let output = tokio::time::timeout(PLAYED, command.output()).await;
    let output = output.expect("in time").expect("`preview` runs");
    let told = String::from_utf8_lossy(&output.stderr);
    say(&told);
    assert!(output.status.success(), "{told}");
}
