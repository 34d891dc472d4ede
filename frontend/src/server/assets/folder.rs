//! The folder that the build of the browser's half leaves.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::Context as _;
use axum::body::Bytes;
use serde::Deserialize;

use super::{Client, File, url};

/// `manifest.json`: the names of the two files that a page loads.
#[derive(Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
}

pub(super) fn read(folder: &Path) -> anyhow::Result<(Client, HashMap<String, File>)> {
    let manifest = std::fs::read(folder.join("manifest.json"))
        .with_context(|| format!("there is no manifest.json in {}", folder.display()))?;
    let manifest: Manifest =
        serde_json::from_slice(&manifest).context("manifest.json has another shape")?;
    let files: HashMap<_, _> = std::fs::read_dir(folder)?
        .filter_map(|entry| file(&entry.ok()?.path()).transpose())
        .collect::<anyhow::Result<_>>()?;
    for name in [&manifest.js, &manifest.wasm] {
        anyhow::ensure!(
            files.contains_key(name),
            "manifest.json names {name}, which is not there"
        );
    }
    let client = Client {
        js: url(&manifest.js),
        wasm: url(&manifest.wasm),
    };
    Ok((client, files))
}

/// A file with its compressed siblings; `None` for what browsers do not load.
fn file(path: &Path) -> anyhow::Result<Option<(String, File)>> {
    let content_type = match path.extension().and_then(OsStr::to_str) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => return Ok(None),
    };
    let Some(name) = path.file_name().and_then(OsStr::to_str) else {
        return Ok(None);
    };
    let sibling = |coding: &str| {
        std::fs::read(path.with_file_name(format!("{name}.{coding}")))
            .ok()
            .map(Bytes::from)
    };
    let plain = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = File {
        content_type,
        plain: plain.into(),
        brotli: sibling("br"),
        gzip: sibling("gz"),
    };
    Ok(Some((name.to_owned(), file)))
}
