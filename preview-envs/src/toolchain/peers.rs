//! Programs of others: the clients that push to us in tests, and the servers that benchmarks compare us with.

use std::path::PathBuf;

use anyhow::Context as _;

use super::packages;
use super::python::Venv;
use crate::workspace;

/// A program that Debian packages.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    program: &'static str,
    package: &'static str,
    why: &'static str,
}

pub const PROMETHEUS: Peer = Peer {
    program: "prometheus",
    package: "prometheus",
    why: "a real Prometheus pushes to ingress, and is what it is compared with",
};

pub const VICTORIA_METRICS: Peer = Peer {
    program: "victoria-metrics",
    package: "victoria-metrics",
    why: "ingest is compared with it",
};

/// The OpenTelemetry SDK, and a tester of `OpenAPI` documents.
pub const CLIENTS: Venv = Venv {
    name: "clients",
    packages: &[
        "opentelemetry-sdk==1.45.2",
        "opentelemetry-exporter-otlp-proto-http==1.45.2",
        "schemathesis==4.32.5",
    ],
    why: "tests with real clients",
};

/// A real OpenTelemetry collector.
pub const COLLECTOR: Venv = Venv {
    name: "collector",
    packages: &["rotel==0.0.1a15"],
    why: "telemetry is sent through a real collector",
};

/// A checker of Kubernetes objects that brings the schemas along.
pub const KUBERNETES: Venv = Venv {
    name: "kubernetes",
    packages: &["kubernetes-validate==1.37.0"],
    why: "manifests are checked against the schemas of Kubernetes",
};

impl Peer {
    /// The program on PATH.
    pub fn find(&self) -> Option<PathBuf> {
        workspace::on_path(self.program)
    }

    /// The program to use; installed first where there is none.
    pub async fn find_or_install(&self) -> anyhow::Result<PathBuf> {
        if let Some(found) = self.find() {
            return Ok(found);
        }
        packages::install(&[self.package], self.why)
            .await
            .with_context(|| self.instruction())?;
        self.find().with_context(|| self.instruction())
    }

    /// How to get it by hand.
    pub fn instruction(&self) -> String {
        format!(
            "{}: put {} on PATH; on Debian `apt-get install {}`",
            self.why, self.program, self.package
        )
    }
}
