//! The bill of materials, in `CycloneDX` 1.6 (ECMA-424): every crate that is compiled into a service.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{build, toolchain};

/// What `cargo metadata` says, as far as it is needed.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Names with versions.
type Compiled = BTreeSet<(String, String)>;

/// The document.
pub(super) async fn list() -> anyhow::Result<Value> {
    let metadata = ask(&["metadata", "--format-version", "1", "--locked"]).await?;
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    let compiled = metadata.compiled().await?;
    Ok(metadata.document(&compiled))
}

async fn ask(question: &[&str]) -> anyhow::Result<String> {
    let output = toolchain::hear(toolchain::cargo().args(question)).await;
    let output = output.context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo {} failed", question[0]);
    Ok(String::from_utf8(output.stdout)?)
}

impl Metadata {
    /// Everything that is linked into a program of ours or generates code of it.
    ///
    /// The graph in `cargo metadata` would say too much: it follows optional dependencies that nobody has turned on.
    async fn compiled(&self) -> anyhow::Result<Compiled> {
        let mut question = vec!["tree", "--locked", "--edges", "normal"];
        question.extend(["--prefix", "none", "--format", "{p}"]);
        for program in self.packages.iter().filter(|package| package.is_ours()) {
            question.extend(["--package", &program.name]);
        }
        let tree = ask(&question).await?;
        Ok(tree.lines().filter_map(name_and_version).collect())
    }

    fn document(&self, compiled: &Compiled) -> Value {
        let components = self
            .packages
            .iter()
            .filter(|package| compiled.contains(&(package.name.clone(), package.version.clone())));
        let components: Vec<Value> = components.map(Package::component).collect();
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {"type": "application", "name": "overseer", "version": env!("CARGO_PKG_VERSION")},
            },
            "components": components,
        })
    }
}

/// Of a line such as `serde_derive v1.0.0 (proc-macro) (*)`.
fn name_and_version(line: &str) -> Option<(String, String)> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

impl Package {
    fn is_ours(&self) -> bool {
        self.source.is_none()
            && self.targets.iter().any(|target| {
                target.kind.iter().any(|kind| kind == "bin")
                    && build::BINARIES.contains(&target.name.as_str())
            })
    }

    fn component(&self) -> Value {
        let mut component = json!({
            "type": "library",
            "name": self.name,
            "version": self.version,
            "bom-ref": format!("{}@{}", self.name, self.version),
        });
        if self.source.is_some() {
            component["purl"] = format!("pkg:cargo/{}@{}", self.name, self.version).into();
        }
        if let Some(license) = &self.license {
            // Some old crates write a slash for "or", which is no SPDX expression.
            component["licenses"] = json!([{"expression": license.replace('/', " OR ")}]);
        }
        component
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bill_names_what_is_compiled_in_and_not_what_only_tests_use() {
        let document = list().await.expect("cargo answers");
        let components = document["components"].as_array().expect("a list");
        assert!(components.len() > 100, "{}", components.len());
        let find = |name: &str| {
            components
                .iter()
                .find(|component| component["name"] == name)
        };
        let tokio = find("tokio").expect("every service uses it");
        let purl = tokio["purl"].as_str().expect("from the registry");
        assert!(purl.starts_with("pkg:cargo/tokio@1."), "{purl}");
        assert_eq!(tokio["licenses"][0]["expression"], "MIT");
        let store = find("store").expect("our own");
        assert_eq!(store.get("purl"), None, "it is in no registry");
        for only_tests in ["proptest", "insta", "chromiumoxide", "testkit"] {
            assert!(find(only_tests).is_none(), "{only_tests}");
        }
    }
}
