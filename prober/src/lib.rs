#![doc = include_str!("../README.md")]

mod args;
pub mod check;
mod heartbeat;
mod job;
mod metrics;
mod serve;
mod tick;

pub use args::{Args, Distance};
pub use serve::serve;
