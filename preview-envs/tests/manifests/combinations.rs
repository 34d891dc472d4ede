use std::fmt::Write as _;
use std::path::Path;

use preview_envs::scratch::Folder;

use super::rendered::{can_render, folders, openshift, render};

/// Components that are two ways to the same thing.
const INSTEAD: [(&str, &str); 1] = [("external-secrets", "generated-secrets")];
/// Components that build on another one.
const NEEDS: [(&str, &str); 1] = [("nats-cluster", "nats")];

#[test]
fn every_component_renders_alone_and_beside_every_other() {
    if !can_render() {
        return;
    }
    let components: Vec<String> = folders(&openshift().join("components"))
        .iter()
        .map(|folder| {
            folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert!(components.len() > 10, "{components:?}");
    let folder = Folder::new("kustomize");
    for (index, one) in components.iter().enumerate() {
        for other in &components[index..] {
            if INSTEAD.contains(&(one.as_str(), other.as_str())) {
                continue;
            }
            write(folder.path(), &chosen(one, other));
            if let Err(reason) = render(folder.path()) {
                panic!("{one} with {other}: {reason}");
            }
        }
    }
}

/// Both, and before them what they build on; each once.
fn chosen<'a>(one: &'a str, other: &'a str) -> Vec<&'a str> {
    let needed = NEEDS
        .iter()
        .filter(|(component, _)| [one, other].contains(component))
        .map(|(_, needed)| *needed);
    let mut chosen: Vec<&str> = Vec::new();
    for component in needed.chain([one, other]) {
        if !chosen.contains(&component) {
            chosen.push(component);
        }
    }
    chosen
}

/// A kustomization may only name others by relative paths.
fn write(folder: &Path, components: &[&str]) {
    let depth = folder
        .canonicalize()
        .expect("there")
        .components()
        .count()
        .saturating_sub(1);
    let root = format!("{}{}", "../".repeat(depth), openshift().display()).replace("//", "/");
    let mut text = format!("resources:\n  - {root}/base\ncomponents:\n");
    for component in components {
        writeln!(text, "  - {root}/components/{component}").expect("written");
    }
    std::fs::write(folder.join("kustomization.yaml"), text).expect("written");
}
