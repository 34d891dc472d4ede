//! Files that are part of the binary: the look, and the few lines of script that plain pages live by.

use axum::body::Bytes;
use sha2::{Digest, Sha256};

const STYLES: [&str; 10] = [
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/layout.css"),
    include_str!("../../../style/components.css"),
    include_str!("../../../style/states.css"),
    include_str!("../../../style/charts.css"),
    include_str!("../../../style/choices.css"),
    include_str!("../../../style/loading.css"),
    include_str!("../../../style/pages.css"),
    include_str!("../../../style/public.css"),
    include_str!("../../../style/traces.css"),
];
const SCRIPT: &str = include_str!("../../../static/page.js");
const ICON: &str = include_str!("../../../static/icon.svg");

pub(super) struct File {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    text: String,
}

pub(super) fn style() -> File {
    File {
        stem: "style",
        extension: "css",
        content_type: "text/css; charset=utf-8",
        text: STYLES.concat(),
    }
}

pub(super) fn script() -> File {
    File {
        stem: "page",
        extension: "js",
        content_type: "text/javascript; charset=utf-8",
        text: SCRIPT.to_owned(),
    }
}

pub(super) fn icon() -> File {
    File {
        stem: "icon",
        extension: "svg",
        content_type: "image/svg+xml",
        text: ICON.to_owned(),
    }
}

impl File {
    /// `style.1f2e3d4c.css`
    pub(super) fn name(&self) -> String {
        let hash = format!("{:x}", Sha256::digest(self.text.as_bytes()));
        let hash = &hash[..12];
        format!("{}.{hash}.{}", self.stem, self.extension)
    }
}

impl From<File> for super::File {
    fn from(file: File) -> Self {
        Self {
            content_type: file.content_type,
            plain: Bytes::from(file.text),
            brotli: None,
            gzip: None,
        }
    }
}
