//! Kustomizations as `kubectl kustomize` renders them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use preview_envs::workspace;
use serde_json::Value;

/// What one overlay renders to.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) objects: Vec<Value>,
}

/// A pod and the object that makes it.
pub(crate) struct Pod<'a> {
    pub(crate) owner: &'a Value,
    pub(crate) template: &'a Value,
}

/// Every overlay; none, with a word about it, where there is no kubectl to render them.
pub(crate) fn overlays() -> &'static [Rendered] {
    static OVERLAYS: LazyLock<Vec<Rendered>> = LazyLock::new(|| {
        if !can_render() {
            return Vec::new();
        }
        let overlays = folders(&openshift().join("overlays"));
        assert!(overlays.len() >= 3, "overlays are missing: {overlays:?}");
        let rendered = overlays.iter().map(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            Rendered::new(&name, render(folder).expect("renders"))
        });
        rendered.collect()
    });
    &OVERLAYS
}

/// The overlays, and what a cluster gets once for its previews.
pub(crate) fn everything() -> impl Iterator<Item = &'static Rendered> {
    static PREVIEWS: LazyLock<Option<Rendered>> = LazyLock::new(|| {
        let folder = openshift().join("previews");
        can_render().then(|| Rendered::new("previews", render(&folder).expect("renders")))
    });
    overlays().iter().chain(PREVIEWS.as_ref())
}

/// The overlay of this name.
pub(crate) fn overlay(name: &str) -> Option<&'static Rendered> {
    overlays().iter().find(|overlay| overlay.name == name)
}

pub(crate) fn can_render() -> bool {
    let found = workspace::on_path("kubectl").is_some();
    if !found {
        eprintln!(
            "NOT TESTED: the manifests of deploy/openshift. Put kubectl on PATH: it renders them."
        );
    }
    found
}

pub(crate) fn openshift() -> PathBuf {
    workspace::root().join("deploy").join("openshift")
}

/// The folders in a folder, sorted.
pub(crate) fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent)
        .expect("a folder")
        .filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// The text of all objects, or what kustomize had to say.
pub(crate) fn render(folder: &Path) -> Result<String, String> {
    let output = Command::new("kubectl")
        .arg("kustomize")
        .arg(folder)
        .output()
        .expect("kubectl runs");
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).expect("UTF-8"))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl Rendered {
    fn new(name: &str, text: String) -> Self {
        let objects = serde_saphyr::from_multiple(&text).expect("YAML");
        Self {
            name: name.to_owned(),
            text,
            objects,
        }
    }

    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.objects
            .iter()
            .filter(move |object| object["kind"] == kind)
    }

    pub(crate) fn find(&self, kind: &str, name: &str) -> Option<&Value> {
        self.of_kind(kind)
            .find(|object| object["metadata"]["name"] == name)
    }

    pub(crate) fn pods(&self) -> impl Iterator<Item = Pod<'_>> {
        self.objects.iter().filter_map(|owner| {
            let spec = &owner["spec"];
            let job = spec.get("jobTemplate").map_or(spec, |job| &job["spec"]);
            let template = job.get("template")?;
            template["spec"].get("containers")?;
            Some(Pod { owner, template })
        })
    }
}

impl Pod<'_> {
    /// `production: Deployment/store`, for messages.
    pub(crate) fn called(&self, overlay: &Rendered) -> String {
        format!(
            "{}: {}/{}",
            overlay.name,
            text(&self.owner["kind"]),
            text(&self.owner["metadata"]["name"])
        )
    }

    /// Those that start first included.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &Value> {
        let spec = &self.template["spec"];
        list(&spec["initContainers"]).chain(list(&spec["containers"]))
    }

    pub(crate) fn serves(&self) -> bool {
        !text(&self.owner["kind"]).ends_with("Job")
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
