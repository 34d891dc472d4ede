#![doc = include_str!("../README.md")]

mod client;
mod context;
mod healthcheck;
mod http;
mod logging;
mod ops;
pub mod problem;
mod readiness;
mod run;
mod telemetry;
mod unobserved;

pub use client::HttpClient;
pub use context::Context;
pub use readiness::{Check, Readiness};
pub use run::{command, run, run_command};
pub use unobserved::{forget_request, unobserved, unobserved_if};

/// The present instant. For the edges: rules take `now` as an argument.
#[expect(
    clippy::disallowed_methods,
    reason = "the one edge where the clock is read"
)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
