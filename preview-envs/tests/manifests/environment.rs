//! What containers are told, against the command lines of the binaries they run.

use std::collections::BTreeMap;

use clap::Command;
use serde_json::Value;

use super::rendered::{Pod, Rendered, list, overlays, text};

/// Stands for every value that is kept in a secret: long enough for all of them.
const SECRET: &str = "nobody-knows-what-is-in-here-but-the-cluster";

#[test]
fn every_variable_is_known_to_the_binary_that_gets_it() {
    for overlay in overlays() {
        for (called, command, variables) in processes(overlay) {
            let known = known(&command);
            for name in variables.keys().filter(|name| !name.starts_with("OTEL_")) {
                assert!(known.contains(name), "{called} does not know {name}");
            }
        }
    }
}

#[test]
fn every_binary_starts_with_what_it_is_told() {
    for overlay in overlays() {
        for (called, command, variables) in processes(overlay) {
            let words = words(&command, &variables);
            if let Err(refused) = command.try_get_matches_from(words) {
                panic!("{called}: {refused}");
            }
        }
    }
}

/// Its name for messages, its command line and its environment, of each process of ours.
fn processes(overlay: &Rendered) -> Vec<(String, Command, BTreeMap<String, String>)> {
    let mut processes = Vec::new();
    for pod in overlay.pods() {
        for container in pod.containers() {
            if let Some(command) = command(container) {
                let called = called(overlay, &pod, container);
                processes.push((called, command, variables(overlay, container)));
            }
        }
    }
    assert_eq!(processes.len(), 7, "five services and two steps");
    processes
}

fn called(overlay: &Rendered, pod: &Pod, container: &Value) -> String {
    format!("{}, {}", pod.called(overlay), text(&container["name"]))
}

/// The command line of the image; that of the step which its arguments name.
fn command(container: &Value) -> Option<Command> {
    let image = text(&container["image"]);
    let (_, binary) = image.rsplit_once("overseer/")?;
    let command = match binary.split(':').next()? {
        "ingress" => service::command::<ingress::Args>(),
        "processor" => service::command::<processor::Args>(),
        "store" => service::command::<store::Args>(),
        "prober" => service::command::<prober::Args>(),
        "frontend" => service::command::<frontend::Args>(),
        strange => panic!("nobody builds an image called {strange}"),
    };
    let mut command = command;
    // So that arguments which all steps share are known to each of them.
    command.build();
    let Some(step) = list(&container["args"]).next() else {
        return Some(command);
    };
    let step = command.find_subcommand(text(step)).expect("a step");
    Some(step.clone())
}

fn known(command: &Command) -> Vec<String> {
    command
        .get_arguments()
        .filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned()))
        .collect()
}

/// As if each variable had been typed.
fn words(command: &Command, variables: &BTreeMap<String, String>) -> Vec<String> {
    let mut words = vec![command.get_name().to_owned()];
    for argument in command.get_arguments() {
        let Some(value) = argument
            .get_env()
            .and_then(|name| variables.get(name.to_str()?))
        else {
            continue;
        };
        let name = argument.get_long().expect("every setting has a name");
        if argument.get_action().takes_values() {
            words.push(format!("--{name}={value}"));
        } else if value == "true" {
            words.push(format!("--{name}"));
        }
    }
    words
}

fn variables(overlay: &Rendered, container: &Value) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for source in list(&container["envFrom"]) {
        let data = config_map(overlay, &source["configMapRef"]["name"]);
        let data = data.as_object().expect("data");
        variables.extend(
            data.iter()
                .map(|(name, value)| (name.clone(), text(value).to_owned())),
        );
    }
    for variable in list(&container["env"]) {
        let name = text(&variable["name"]).to_owned();
        variables.insert(name, value(overlay, variable));
    }
    variables
}

fn value(overlay: &Rendered, variable: &Value) -> String {
    let from = &variable["valueFrom"];
    if let Some(reference) = from.get("configMapKeyRef") {
        let data = config_map(overlay, &reference["name"]);
        let value = data.get(text(&reference["key"]));
        return text(value.unwrap_or_else(|| panic!("nobody sets {reference}"))).to_owned();
    }
    if from.get("secretKeyRef").is_some() {
        return SECRET.to_owned();
    }
    text(&variable["value"]).to_owned()
}

fn config_map<'a>(overlay: &'a Rendered, name: &Value) -> &'a Value {
    let found = overlay.find("ConfigMap", text(name));
    &found.unwrap_or_else(|| panic!("{}: no {name}", overlay.name))["data"]
}
