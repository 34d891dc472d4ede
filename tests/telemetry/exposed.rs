//! What `/metrics` of the services says: all that dashboards and alert rules name, and never a series for each thing there is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use preview_envs::workspace;
use system_tests::Environment;
use system_tests::api::get;
use testkit::eventually;

/// How far durables lag is asked every ten seconds.
const KNOWN: Duration = Duration::from_mins(1);
/// Series of one metric of one service, buckets aside. The largest has one for each statement, or each durable.
const MOST_SERIES: usize = 250;

pub(crate) async fn dashboards_and_rules_name_only_metrics_that_exist(environment: &Environment) {
    let named = named();
    assert!(named.len() > 20, "{named:?}");
    eventually(KNOWN, || async {
        let exposed = exposed(environment).await;
        let exposed: BTreeSet<&str> = exposed.keys().map(|(_, name)| name.as_str()).collect();
        let missing: Vec<_> = named
            .iter()
            .filter(|name| !exposed.contains(name.as_str()))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("{missing:?} are not among {exposed:#?}"))
        }
    })
    .await;
}

pub(crate) async fn no_metric_has_a_series_for_each_thing_there_is(environment: &Environment) {
    for ((service, name), series) in exposed(environment).await {
        let own = series.len();
        assert!(own <= MOST_SERIES, "{service}: {name} has {own} series");
        let words = series.iter().flat_map(|labels| labels.split('"'));
        let ids: Vec<&str> = words
            .filter(|word| uuid::Uuid::try_parse(word).is_ok())
            .collect();
        assert_eq!(ids, Vec::<&str>::new(), "{service}: {name}");
    }
}

/// The label sets of every metric of every service, bounds of buckets left out.
async fn exposed(environment: &Environment) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (service, ops) in environment.now().await.ops_urls {
        let text = get(&format!("{ops}/metrics")).await.text;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((head, _)) = line.rsplit_once(' ') else {
                continue;
            };
            let (name, labels) = head.split_once('{').unwrap_or((head, ""));
            let labels = labels.split(',').filter(|label| !label.starts_with("le="));
            let labels = labels.collect::<Vec<_>>().join(",");
            let key = (service.clone(), name.to_owned());
            found.entry(key).or_default().insert(labels);
        }
    }
    found
}

/// All metrics in files that people load into Grafana and Prometheus. There every selector has braces, so that a metric is
/// the word before them.
fn named() -> BTreeSet<String> {
    let deploy = workspace::root().join("deploy");
    let mut named = BTreeSet::new();
    for file in [
        "prometheus/overseer.rules.yaml",
        "grafana/services.json",
        "grafana/pipeline.json",
    ] {
        let expressions = expressions(&deploy.join(file));
        for expression in expressions {
            let found = selected(&expression);
            assert!(!found.is_empty(), "{file}: {expression} selects nothing");
            named.extend(found);
        }
    }
    named
}

fn expressions(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a file");
    if file.extension().is_some_and(|it| it == "json") {
        let dashboard: serde_json::Value =
            serde_json::from_str(&text).expect("a dashboard is JSON");
        let panels = dashboard["panels"].as_array().expect("panels");
        let targets = panels
            .iter()
            .filter_map(|panel| panel["targets"].as_array());
        let targets = targets.flatten();
        return targets
            .map(|target| target["expr"].as_str().expect("an expression").to_owned())
            .collect();
    }
    // Each `expr:` to the next key of its rule.
    let rules = text.split("expr:").skip(1);
    rules
        .map(|rest| {
            let end = ["\n        for:", "\n        labels:"].map(|key| rest.find(key));
            let end = end.into_iter().flatten().min();
            rest[..end.expect("a rule has labels")].to_owned()
        })
        .collect()
}

fn selected(expression: &str) -> Vec<String> {
    let heads = expression
        .match_indices('{')
        .map(|(at, _)| &expression[..at]);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    heads
        .filter_map(|head| head.rsplit(|c| !is_name(c)).next())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_metric_is_the_word_before_its_braces() {
    assert_eq!(
        selected("sum by (a) (rate(b_total{c=\"d\"}[5m])) / max(e{})"),
        ["b_total", "e"]
    );
}

#[tokio::test]
async fn prometheus_itself_takes_the_rules() {
    let promtool = workspace::on_path("promtool");
    let promtool = promtool.expect("`cargo preview test end-to-end` installs Prometheus");
    let rules = workspace::root().join("deploy/prometheus/overseer.rules.yaml");
    let mut command = tokio::process::Command::new(promtool);
    let output = command.args(["check", "rules"]).arg(rules).output().await;
    let output = output.expect("promtool runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}
