#![doc = include_str!("../README.md")]
#![recursion_limit = "256"]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it is made from"
)]

pub mod api;
pub mod app;
pub mod components;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;

#[cfg(feature = "ssr")]
pub use server::{Args, serve};

/// Takes over the server-rendered page in the browser.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
